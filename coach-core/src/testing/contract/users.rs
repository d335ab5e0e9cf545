//! Contract tests of `UserStore`.

use futures::future::join_all;

use super::fixture::{
    ASIDE, CALL, START, TestRoom, a_conversation, an_invitation, at, line, made, opened, person,
    report, uuid,
};
use crate::{
    conversation::EndReason,
    ids::{PresetId, ReservationId, UserId},
    invitation::QuotaPreset,
    model::StandaloneLane,
    people::{
        Identity, User, UserRole,
        audit::{AuditAction, AuditEntry, Change, Subject},
    },
    ports::{
        Accept, Changing, Claim, ConversationFilter, Linking, SignIn, StandaloneCall, Stores,
        UserFilter,
    },
    turn::ledger::{Payer, Settlement, Usage, VoidReason},
};

/// Returns the audit entry of ending logins.
fn out() -> AuditEntry {
    line(person(1), AuditAction::SignedOut, 1)
}

fn identity(subject: &str) -> Identity {
    Identity {
        issuer: "https://id.example.org".into(),
        subject: subject.into(),
        name: Some(format!("{subject} of Example")),
        email: Some(format!("{subject}@example.org")),
        email_verified: true,
    }
}

async fn sign_in(store: &dyn Stores, identity: &Identity, new: UserId, promote: bool) -> User {
    let sign_in = SignIn { identity, new, promote, address: None, at: at(3) };
    store.sign_in(sign_in).await.unwrap()
}

/// Creates a guest with an invitation and a conversation.
async fn a_guest(store: &dyn Stores, number: u8) -> UserId {
    let invitation = an_invitation(number, 100_000);
    let guest = person(u128::from(number));
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    let claim = Claim {
        invitation: invitation.id,
        user: guest,
        new_guest: true,
        consent_version: "c1",
        audit: line(guest, AuditAction::Claimed, 1),
    };
    store.claim(claim).await.unwrap();
    let mut talk = a_conversation(u128::from(number), Some(invitation.id));
    talk.owner = guest;
    talk.script.opening = Some("You wanted to see me?".into());
    store.start(&talk).await.unwrap();
    guest
}

/// There is one local administrator, created on the first call, however often and concurrently it is
/// requested.
pub async fn there_is_one_local_admin(store: &dyn Stores) {
    let asked = join_all((1..=10).map(|n| store.local_admin(person(n), None, at(1)))).await;
    let first = asked[0].as_ref().unwrap();
    assert_eq!((first.role, first.created_at), (UserRole::Admin, at(1)));
    assert!(asked.iter().all(|one| one.as_ref().unwrap() == first));
    let later = store.local_admin(person(20), None, at(5)).await.unwrap();
    assert_eq!(later, User { signed_in_at: Some(at(5)), ..first.clone() });
    let all_users: Vec<_> = (1..=20).map(person).collect();
    assert_eq!(store.users(&all_users).await.unwrap(), std::slice::from_ref(&later));
    assert_eq!(store.user(first.id).await.unwrap(), Some(later));
    assert_eq!(store.user(person(30)).await.unwrap(), None);
    assert_eq!(store.users(&[]).await.unwrap(), []);
}

/// Ending all logins raises the user's epoch.
pub async fn ending_logins_raises_the_epoch(store: &dyn Stores) {
    let admin = store.local_admin(person(1), None, START).await.unwrap();
    assert_eq!(store.end_logins(admin.id, out()).await.unwrap(), Some(admin.epoch + 1));
    assert_eq!(store.end_logins(admin.id, out()).await.unwrap(), Some(admin.epoch + 2));
    assert_eq!(store.user(admin.id).await.unwrap().unwrap().epoch, admin.epoch + 2);
    assert_eq!(store.local_admin(person(2), None, START).await.unwrap().epoch, admin.epoch + 2);
    assert_eq!(store.end_logins(person(2), out()).await.unwrap(), None);
}

/// A one-time value is used once, even by twenty concurrent calls.
pub async fn a_nonce_is_spent_once(store: &dyn Stores) {
    let spent = join_all((0..20).map(|_| store.spend_once("n-1", at(60), at(1)))).await;
    assert_eq!(spent.iter().filter(|one| *one.as_ref().unwrap()).count(), 1);
    assert!(store.spend_once("n-2", at(60), at(2)).await.unwrap());
    assert!(
        !store.spend_once("n-1", at(90), at(60)).await.unwrap(),
        "still used at its last instant"
    );
}

/// A sign-in identifies the user by issuer and subject alone.
pub async fn an_identity_is_issuer_and_subject(store: &dyn Stores) {
    let ada = sign_in(store, &identity("ada"), person(1), false).await;
    assert_eq!((ada.id, ada.role), (person(1), UserRole::User));
    assert_eq!(ada.name.as_deref(), Some("ada of Example"));
    let renamed = Identity { email: Some("new@example.org".into()), ..identity("ada") };
    let again = sign_in(store, &renamed, person(2), false).await;
    assert_eq!((again.id, again.email.as_deref()), (person(1), Some("new@example.org")));
    let elsewhere = Identity { issuer: "https://other.example.org".into(), ..identity("ada") };
    assert_eq!(sign_in(store, &elsewhere, person(3), false).await.id, person(3));
    let twin = Identity { email: Some("new@example.org".into()), ..identity("eve") };
    assert_eq!(
        sign_in(store, &twin, person(4), false).await.id,
        person(4),
        "not identified by address"
    );
    assert_eq!(store.identities(person(1)).await.unwrap(), [renamed]);
    let owner = store.owner_of("https://id.example.org", "eve").await.unwrap();
    assert_eq!(owner, Some(person(4)));
}

/// Twenty concurrent first sign-ins of one identity create one user.
pub async fn one_identity_makes_one_user(store: &dyn Stores) {
    let ada = identity("ada");
    let asked = join_all((1..=20).map(|n| sign_in(store, &ada, person(n), false))).await;
    assert!(asked.iter().all(|user| user.id == asked[0].id));
    let all_users: Vec<_> = (1..=20).map(person).collect();
    assert_eq!(store.users(&all_users).await.unwrap().len(), 1);
}

/// The operator's settings can promote a user to administrator; signing in does not change a disabled user.
pub async fn signing_in_promotes_and_never_enables(store: &dyn Stores) {
    let boss = sign_in(store, &identity("boss"), person(1), true).await;
    assert_eq!(boss.role, UserRole::Admin);
    sign_in(store, &identity("ada"), person(2), false).await;
    let by = line(person(1), AuditAction::Disabled, 4);
    store.disable(person(2), true, by).await.unwrap();
    let ada = sign_in(store, &identity("ada"), person(3), true).await;
    assert_eq!((ada.id, ada.role, ada.disabled), (person(2), UserRole::User, true));
}

/// Linking turns a guest into a signed-in user, ends earlier logins, and keeps all data.
pub async fn a_guest_who_links_an_identity_keeps_everything(store: &dyn Stores) {
    let guest = a_guest(store, 1).await;
    let by = line(guest, AuditAction::IdentityLinked, 4);
    let Linking::Linked(user) = store.link(guest, &identity("ada"), by).await.unwrap() else {
        panic!("the identity was not linked");
    };
    assert_eq!((user.id, user.role, user.epoch), (guest, UserRole::User, 1));
    let again = store.link(guest, &identity("ada"), by).await.unwrap();
    assert_eq!(again, Linking::Linked(user), "linking again changes nothing");
    assert_eq!(store.invitations_of(guest).await.unwrap().len(), 1);
    assert_eq!(sign_in(store, &identity("ada"), person(50), false).await.id, guest);
    let other = a_guest(store, 2).await;
    let taken = store.link(other, &identity("ada"), by).await.unwrap();
    assert_eq!(taken, Linking::Taken(guest));
    let unknown = store.link(person(70), &identity("eve"), by).await.unwrap();
    assert_eq!(unknown, Linking::Unknown);
}

/// Everything a guest has moves to another user, once, and the guest is closed.
pub async fn a_guest_moves_once_and_entirely(store: &dyn Stores) {
    let guest = a_guest(store, 1).await;
    let ada = sign_in(store, &identity("ada"), person(40), false).await;
    let by = line(guest, AuditAction::GuestMoved, 4);
    assert!(!store.move_guest(guest, person(60), by).await.unwrap(), "the target does not exist");
    let moved = join_all((0..5).map(|_| store.move_guest(guest, ada.id, by))).await;
    assert_eq!(moved.into_iter().filter(|one| *one.as_ref().unwrap()).count(), 1);
    assert!(!store.move_guest(ada.id, guest, by).await.unwrap(), "a signed-in user is not a guest");
    let talks = store.conversations(ConversationFilter::User(ada.id), None, 10).await.unwrap();
    assert_eq!(talks.iter().map(|talk| talk.owner).collect::<Vec<_>>(), [ada.id]);
    assert_eq!(store.invitations_of(ada.id).await.unwrap().len(), 1);
    assert_eq!(store.conversations(ConversationFilter::User(guest), None, 10).await.unwrap(), []);
    assert_eq!(store.invitations_of(guest).await.unwrap(), []);
    let closed = store.user(guest).await.unwrap().unwrap();
    assert!(closed.disabled && closed.epoch == 1);
}

/// The last administrator who can sign in stays one, even if two step down concurrently.
pub async fn the_last_administrator_stays(store: &dyn Stores) {
    let one = sign_in(store, &identity("one"), person(1), true).await;
    let two = sign_in(store, &identity("two"), person(2), true).await;
    let by = line(one.id, AuditAction::RoleGiven(UserRole::User), 5);
    let down = |id| store.give_role(id, UserRole::User, by);
    let (first, second) = futures::join!(down(one.id), down(two.id));
    let both = [first.unwrap(), second.unwrap()];
    assert_eq!(both.iter().filter(|one| **one == Changing::LastAdmin).count(), 1);
    let people = store.users(&[one.id, two.id]).await.unwrap();
    let left = people.iter().find(|user| user.role == UserRole::Admin).unwrap();
    let by = line(one.id, AuditAction::Disabled, 6);
    assert_eq!(store.disable(left.id, true, by).await.unwrap(), Changing::LastAdmin);
    assert_eq!(store.disable(person(9), true, by).await.unwrap(), Changing::Unknown);
    let gone = people.iter().find(|user| user.role == UserRole::User).unwrap();
    let disabled = Changing::Changed(User { disabled: true, epoch: 1, ..gone.clone() });
    assert_eq!(store.disable(gone.id, true, by).await.unwrap(), disabled);
}

/// Giving a role or disabling again, because the response was lost, changes nothing and adds no audit entry.
pub async fn changing_a_user_twice_is_changing_once(store: &dyn Stores) {
    sign_in(store, &identity("boss"), person(1), true).await;
    let ada = sign_in(store, &identity("ada"), person(2), false).await;
    let by = line(person(1), AuditAction::RoleGiven(UserRole::Staff), 5);
    let first = store.give_role(ada.id, UserRole::Staff, by).await.unwrap();
    let entries = store.audit(None, None, 20).await.unwrap().len();
    assert_eq!(store.give_role(ada.id, UserRole::Staff, by).await.unwrap(), first);
    assert_eq!(store.audit(None, None, 20).await.unwrap().len(), entries);
    let by = line(person(1), AuditAction::Disabled, 6);
    let first = store.disable(ada.id, true, by).await.unwrap();
    let entries = store.audit(None, None, 20).await.unwrap().len();
    assert_eq!(store.disable(ada.id, true, by).await.unwrap(), first, "the epoch rises once");
    assert_eq!(store.audit(None, None, 20).await.unwrap().len(), entries);
}

/// A later sign-in with one of several identities does not change the order in which they were linked.
pub async fn identities_stay_in_the_order_they_were_linked(store: &dyn Stores) {
    let ada = sign_in(store, &identity("ada"), person(1), false).await;
    let second = AuditEntry { at: at(4), ..line(ada.id, AuditAction::IdentityLinked, 4) };
    store.link(ada.id, &identity("other"), second).await.unwrap();
    let renamed = Identity { name: Some("Ada".into()), ..identity("ada") };
    sign_in(store, &renamed, person(2), false).await;
    assert_eq!(store.identities(ada.id).await.unwrap(), [renamed, identity("other")]);
}

/// Users are found by part of their name or address, by role, newest first, in pages.
pub async fn users_are_found_by_name_and_address(store: &dyn Stores) {
    a_guest(store, 1).await;
    for (n, name) in [(11, "Ada"), (12, "Bert"), (13, "adalbert")] {
        sign_in(store, &identity(name), person(n), name == "Bert").await;
    }
    let ids = async |wanted: UserFilter<'_>| {
        let found = store.list_users(wanted).await.unwrap();
        found.into_iter().map(|user| user.id).collect::<Vec<_>>()
    };
    let all = UserFilter { limit: 10, ..UserFilter::default() };
    assert_eq!(ids(all).await, [13, 12, 11].map(person), "guests only if asked for");
    assert_eq!(ids(UserFilter { search: Some("ADA"), ..all }).await, [13, 11].map(person));
    assert_eq!(ids(UserFilter { search: Some("ada@ex"), ..all }).await, [person(11)]);
    assert_eq!(ids(UserFilter { search: Some("%"), ..all }).await, [], "a literal, not a pattern");
    assert_eq!(ids(UserFilter { role: Some(UserRole::Admin), ..all }).await, [person(12)]);
    assert_eq!(ids(UserFilter { role: Some(UserRole::Guest), ..all }).await, [person(1)]);
    assert_eq!(ids(UserFilter { limit: 1, ..all }).await, [person(13)]);
    assert_eq!(ids(UserFilter { before: Some(person(13)), limit: 1, ..all }).await, [person(12)]);
}

/// Erasing leaves ids and numbers, but no text and no names.
pub async fn erasing_leaves_no_text(store: &dyn Stores) {
    let guest = a_guest(store, 1).await;
    let by = line(guest, AuditAction::IdentityLinked, 4);
    store.link(guest, &identity("ada"), by).await.unwrap();
    store.erase(guest, line(guest, AuditAction::Erased, 5)).await.unwrap();
    let user = store.user(guest).await.unwrap().unwrap();
    assert_eq!((user.name, user.email, user.disabled), (None, None, true));
    assert_eq!(store.identities(guest).await.unwrap(), []);
    let talks = store.conversations(ConversationFilter::User(guest), None, 10).await.unwrap();
    assert_eq!(talks.len(), 1);
    assert_eq!(
        (talks[0].ended, talks[0].erased_at),
        (Some((EndReason::Erased, at(5))), Some(at(5)))
    );
    assert_eq!(talks[0].script, talks[0].script.clone().erased(true));
    assert_eq!(store.messages(talks[0].id, None, 10).await.unwrap(), []);
    let mut late = a_conversation(9, None);
    late.owner = guest;
    assert!(!store.start(&late).await.unwrap(), "a closed user starts nothing");
    let lines = store.audit(None, None, 1).await.unwrap();
    assert_eq!(lines[0].1.action, AuditAction::Erased);
    assert_eq!(lines[0].1.subject, Some(Subject::User(guest)));
}

/// A conversation that ended before its erasure keeps its end time. The title of a predefined scenario stays;
/// that of a participant's own scenario is erased.
pub async fn an_erased_conversation_keeps_its_end_time(store: &dyn Stores) {
    let guest = a_guest(store, 1).await;
    let before =
        store.conversations(ConversationFilter::User(guest), None, 10).await.unwrap().remove(0);
    let mut own = a_conversation(7, before.invitation);
    (own.owner, own.scenario) = (guest, None);
    store.start(&own).await.unwrap();
    store.end(before.id, EndReason::Participant, at(4), None).await.unwrap();
    store.erase(guest, line(guest, AuditAction::Erased, 5)).await.unwrap();
    let kept = async |id| store.present(id).await.unwrap().unwrap().conversation;
    let ended = kept(before.id).await;
    assert_eq!((ended.ended, ended.erased_at), (Some((EndReason::Erased, at(4))), Some(at(5))));
    assert_eq!(ended.script.title, before.script.title);
    assert_eq!(ended.script.partner_name, before.script.partner_name);
    let described = kept(own.id).await;
    assert_eq!(described.ended, Some((EndReason::Erased, at(5))));
    assert_eq!(described.script, own.script.clone().erased(false));
    store.erase(guest, line(guest, AuditAction::Erased, 9)).await.unwrap();
    assert_eq!(kept(before.id).await, ended, "erasing again changes nothing");
}

/// The audit log names the subjects of its entries, however old they are.
pub async fn subjects_of_the_log_are_named(store: &dyn Stores) {
    let guest = a_guest(store, 1).await;
    let ada = sign_in(store, &identity("ada"), person(5), false).await;
    let talk =
        store.conversations(ConversationFilter::User(guest), None, 1).await.unwrap().remove(0);
    let invitation = talk.invitation.unwrap();
    let label = store.invitation(invitation).await.unwrap().unwrap().label;
    let private = a_conversation(9, None);
    store.start(&private).await.unwrap();
    let preset = QuotaPreset { id: PresetId(uuid(1)), label: "Tiny".into(), tokens: 10 };
    let by = line(person(9), AuditAction::PresetRemoved, 2);
    store.save_preset(&preset, by).await.unwrap();
    store.remove_preset(preset.id, by).await.unwrap();
    let known = [
        (Subject::User(guest), label.clone()),
        (Subject::User(ada.id), ada.name.unwrap()),
        (Subject::Invitation(invitation), label.clone()),
        (Subject::Conversation(talk.id), label),
        (Subject::Preset(preset.id), "Tiny".to_owned()),
    ];
    let nameless = [
        Subject::User(person(77)),
        Subject::Invitation(an_invitation(77, 0).id),
        Subject::Conversation(private.id),
        Subject::Preset(PresetId(uuid(2))),
    ];
    let mut asked: Vec<_> = known.iter().map(|(subject, _)| *subject).collect();
    asked.extend(nameless);
    asked.extend(asked.clone());
    let mut names = store.names(&asked).await.unwrap();
    let mut expected = known.to_vec();
    names.sort();
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(store.names(&[]).await.unwrap(), []);
}

/// A user who erases their data and signs in again has no new allowance, and a demotion also applies to
/// conversations started before it.
pub async fn an_allowance_is_spent_once(store: &dyn Stores) {
    let mut allowance = store.presets().await.unwrap().remove(0);
    allowance.tokens = CALL.total() * 2;
    store
        .save_preset(&allowance, line(person(9), AuditAction::PresetSaved(Change::default()), 1))
        .await
        .unwrap();
    let ada = sign_in(store, &identity("ada"), person(1), false).await;
    let call = |id: u128, payer| {
        StandaloneCall::new(
            ReservationId(uuid(id)),
            payer,
            StandaloneLane::Elaboration,
            CALL,
            at(1),
        )
    };
    assert!(store.reserve(call(1, Payer::Allowance(ada.id))).await.unwrap().is_none());
    let used = Settlement::Reported(Usage { input: CALL.total(), ..Usage::default() });
    store.settle(call(1, Payer::Unlimited).id, used, report("m"), None, at(2)).await.unwrap();
    store.erase(ada.id, line(ada.id, AuditAction::Erased, 3)).await.unwrap();
    let again = sign_in(store, &identity("ada"), person(2), false).await;
    assert_ne!(again.id, ada.id);
    let balance = store.balance(Payer::Allowance(again.id)).await.unwrap().unwrap();
    assert_eq!((balance.used, balance.left()), (CALL.total(), CALL.total()));
    assert!(store.reserve(call(2, Payer::Allowance(again.id))).await.unwrap().is_none());
    assert!(store.reserve(call(3, Payer::Allowance(again.id))).await.unwrap().is_some());

    // The answer that erasing interrupts is spent too: the prompt, and what arrived of the text.
    let mut own = a_conversation(6, None);
    (own.owner, own.allowance) = (again.id, true);
    store.start(&own).await.unwrap();
    let first = store.balance(Payer::Allowance(again.id)).await.unwrap().unwrap();
    let voided = Settlement::Voided(VoidReason::NotBegun);
    store.settle(call(2, Payer::Unlimited).id, voided, report("m"), None, at(4)).await.unwrap();
    let room = TestRoom { store, id: own.id, invitation: an_invitation(1, 0).id };
    let open = opened(room.accept(Accept { reservations: ASIDE, ..room.message(40) }).await);
    room.beat(&open, "Ask").await;
    let closed = store.erase(again.id, line(again.id, AuditAction::Erased, 5)).await.unwrap();
    let [turn] = &closed[..] else { panic!("{closed:?}") };
    assert_eq!((turn.conversation, &turn.entries), (own.id, &room.entries().await));
    let third = sign_in(store, &identity("ada"), person(3), false).await;
    let balance = store.balance(Payer::Allowance(third.id)).await.unwrap().unwrap();
    assert_eq!(balance.used, first.used + CALL.input + 3);

    let boss = sign_in(store, &identity("boss"), person(30), true).await;
    let mut talk = a_conversation(5, None);
    talk.owner = boss.id;
    store.start(&talk).await.unwrap();
    sign_in(store, &identity("other"), person(31), true).await;
    let down = line(person(31), AuditAction::RoleGiven(UserRole::User), 4);
    store.give_role(boss.id, UserRole::User, down).await.unwrap();
    let present = store.present(talk.id).await.unwrap().unwrap();
    assert_eq!(present.conversation.payer(), Payer::Allowance(boss.id));
    assert_eq!(present.funds.unwrap().balance.quota, allowance.tokens);
}
