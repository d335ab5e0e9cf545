//! What every `AccountStore` promises.

use futures::future::join_all;

use super::fixture::{START, at, person};
use crate::{account::AccountRole, ports::Stores};

/// Whoever asks, and however often: there is one local administrator, made the first time.
pub async fn there_is_one_local_admin(store: &dyn Stores) {
    let asked = join_all((1..=10).map(|n| store.local_admin(person(n), at(1)))).await;
    let first = asked[0].as_ref().unwrap();
    assert_eq!((first.role, first.created_at), (AccountRole::Admin, at(1)));
    assert!(asked.iter().all(|one| one.as_ref().unwrap() == first));
    assert_eq!(&store.local_admin(person(20), at(5)).await.unwrap(), first);
    let everybody: Vec<_> = (1..=20).map(person).collect();
    assert_eq!(store.users(&everybody).await.unwrap(), std::slice::from_ref(first));
    assert_eq!(store.user(first.id).await.unwrap().as_ref(), Some(first));
    assert_eq!(store.user(person(30)).await.unwrap(), None);
    assert_eq!(store.users(&[]).await.unwrap(), []);
}

/// Ending all logins raises the account's epoch.
pub async fn ending_logins_raises_the_epoch(store: &dyn Stores) {
    let admin = store.local_admin(person(1), START).await.unwrap();
    assert_eq!(store.end_logins(admin.id).await.unwrap(), Some(admin.epoch + 1));
    assert_eq!(store.end_logins(admin.id).await.unwrap(), Some(admin.epoch + 2));
    assert_eq!(store.user(admin.id).await.unwrap().unwrap().epoch, admin.epoch + 2);
    assert_eq!(store.local_admin(person(2), START).await.unwrap().epoch, admin.epoch + 2);
    assert_eq!(store.end_logins(person(2)).await.unwrap(), None);
}

/// A one-time value is spent once, even by twenty at once.
pub async fn a_nonce_is_spent_once(store: &dyn Stores) {
    let spent = join_all((0..20).map(|_| store.spend_once("n-1", at(60), at(1)))).await;
    assert_eq!(spent.iter().filter(|one| *one.as_ref().unwrap()).count(), 1);
    assert!(store.spend_once("n-2", at(60), at(2)).await.unwrap());
    assert!(!store.spend_once("n-1", at(90), at(60)).await.unwrap(), "until its last instant");
}
