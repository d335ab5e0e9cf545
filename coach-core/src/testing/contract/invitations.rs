//! Contract tests of `InvitationStore`.

use futures::future::join_all;

use super::fixture::{START, an_invitation, at, line, made, person, revoked_by};
use crate::{
    ids::UserId,
    invitation::{Invitation, LinkStamp},
    people::{
        UserRole,
        audit::{AuditAction, AuditEntry, Change, Subject},
    },
    ports::{Amend, Claim, Claiming, Stores},
};

fn claim(invitation: &Invitation, by: UserId) -> Claim<'static> {
    Claim {
        invitation: invitation.id,
        user: by,
        new_guest: true,
        consent_version: "c1",
        audit: line(by, AuditAction::Claimed, 1),
    }
}

/// An invitation is read as it was saved, by its id and by its token.
pub async fn an_invitation_comes_back_as_it_was_kept(store: &dyn Stores) {
    let mut full = an_invitation(1, 5000);
    full.expires_at = Some(at(90));
    let mut bare = an_invitation(2, 0);
    bare.scenario = None;
    bare.contact = None;
    bare.title = None;
    bare.batch = full.batch;
    bare.allow_custom_scenario = true;
    bare.coach = false;
    bare.aside = false;
    store.invite(&[full.clone(), bare.clone()], made()).await.unwrap();
    for kept in [full, bare] {
        assert_eq!(store.invitation(kept.id).await.unwrap().as_ref(), Some(&kept));
        let hash = kept.link.token_hash;
        assert_eq!(store.invitation_by_token(hash).await.unwrap(), Some(kept));
    }
    assert_eq!(store.invitation(an_invitation(3, 0).id).await.unwrap(), None);
    assert_eq!(store.invitation_by_token([3; 32]).await.unwrap(), None);
}

/// New invitations are saved all or none.
pub async fn invitations_are_kept_all_or_none(store: &dyn Stores) {
    let [one, two] = [an_invitation(1, 1), an_invitation(2, 1)];
    store.invite(std::slice::from_ref(&two), made()).await.unwrap();
    assert!(store.invite(&[one.clone(), two], made()).await.is_err());
    assert_eq!(store.invitation(one.id).await.unwrap(), None);
    let mut twin = an_invitation(3, 1);
    twin.link.token_hash = one.link.token_hash;
    assert!(store.invite(&[one.clone(), twin], made()).await.is_err());
    assert_eq!(store.invitation(one.id).await.unwrap(), None);
}

/// Creating the same invitations again, because the response was lost, changes nothing.
pub async fn inviting_twice_is_inviting_once(store: &dyn Stores) {
    let both = [an_invitation(1, 1), an_invitation(2, 1)];
    store.invite(&both, made()).await.unwrap();
    store.claim(claim(&both[0], person(1))).await.unwrap();
    let before = store.invitation(both[0].id).await.unwrap();
    store.invite(&both, made()).await.unwrap();
    assert_eq!(store.invitation(both[0].id).await.unwrap(), before, "still claimed");
    assert_eq!(store.audit(None, None, 10).await.unwrap().len(), 3);
    assert!(store.invite(&both[..1], made()).await.is_ok(), "a part of them as well");
}

/// Of fifty concurrent claims one succeeds, and only that user is created.
pub async fn of_fifty_claims_one_wins(store: &dyn Stores) {
    let invitation = an_invitation(1, 10);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    let people: Vec<_> = (100..150).map(person).collect();
    let claims = people.iter().map(|by| store.claim(claim(&invitation, *by)));
    let claims: Vec<_> = join_all(claims).await.into_iter().map(Result::unwrap).collect();
    let winners: Vec<_> =
        claims.iter().zip(&people).filter(|(one, _)| **one == Claiming::Claimed).collect();
    assert_eq!(winners.len(), 1);
    let winner = *winners[0].1;
    let taken = claims.iter().filter(|one| **one == Claiming::Taken(winner)).count();
    assert_eq!(taken, 49);
    let users = store.users(&people).await.unwrap();
    assert_eq!(users.len(), 1);
    assert_eq!((users[0].id, users[0].role), (winner, UserRole::Guest));
    assert_eq!((users[0].epoch, users[0].disabled), (0, false));
    let kept = store.invitation(invitation.id).await.unwrap().unwrap();
    assert_eq!(kept.claimed, Some((winner, at(1))));
    assert_eq!(store.invitations_of(winner).await.unwrap(), [kept]);
}

/// A repeated claim by the same user changes nothing, not even after the expiry.
pub async fn claiming_is_idempotent(store: &dyn Stores) {
    let mut invitation = an_invitation(1, 10);
    invitation.expires_at = Some(at(5));
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    let first = claim(&invitation, person(1));
    assert_eq!(store.claim(first).await.unwrap(), Claiming::Claimed);
    let later = Claim { audit: line(person(1), AuditAction::Claimed, 9), ..first };
    assert_eq!(store.claim(later).await.unwrap(), Claiming::Taken(person(1)));
    let kept = store.invitation(invitation.id).await.unwrap().unwrap();
    assert_eq!(kept.claimed, Some((person(1), at(1))));
}

/// Expired, revoked and unknown invitations cannot be claimed, and no user is created.
pub async fn dead_invitations_cannot_be_claimed(store: &dyn Stores) {
    let mut expired = an_invitation(1, 10);
    expired.expires_at = Some(at(1));
    let revoked = an_invitation(2, 10);
    store.invite(&[expired.clone(), revoked.clone()], made()).await.unwrap();
    store.revoke(revoked.id, revoked_by(0)).await.unwrap();
    let expired = store.claim(claim(&expired, person(1))).await.unwrap();
    let revoked = store.claim(claim(&revoked, person(1))).await.unwrap();
    let unknown = store.claim(claim(&an_invitation(3, 0), person(1))).await.unwrap();
    let expected = [Claiming::Expired, Claiming::Revoked, Claiming::Unknown];
    assert_eq!([expired, revoked, unknown], expected);
    assert_eq!(store.user(person(1)).await.unwrap(), None);
}

/// A signed-in user can claim several; they are listed newest first.
pub async fn a_user_may_claim_several_invitations(store: &dyn Stores) {
    let all: Vec<_> = (1..=3).map(|n| an_invitation(n, 10)).collect();
    store.invite(&all, made()).await.unwrap();
    let admin = store.local_admin(person(1), None, START).await.unwrap();
    for one in [&all[2], &all[0]] {
        let known = Claim { new_guest: false, ..claim(one, admin.id) };
        assert_eq!(store.claim(known).await.unwrap(), Claiming::Claimed);
    }
    let of = store.invitations_of(admin.id).await.unwrap();
    assert_eq!(of.iter().map(|one| one.id).collect::<Vec<_>>(), [all[2].id, all[0].id]);
    assert_eq!(store.user(admin.id).await.unwrap(), Some(admin), "the user is unchanged");
}

/// Only the first revocation counts.
pub async fn the_first_revocation_counts(store: &dyn Stores) {
    let invitation = an_invitation(1, 10);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    store.revoke(invitation.id, revoked_by(1)).await.unwrap();
    store.revoke(invitation.id, revoked_by(2)).await.unwrap();
    store.revoke(an_invitation(2, 0).id, revoked_by(2)).await.unwrap();
    let kept = store.invitation(invitation.id).await.unwrap().unwrap();
    assert_eq!(kept, Invitation { revoked_at: Some(at(1)), ..invitation });
}

/// Label, expiry and additional tokens can be changed; other fields stay.
pub async fn an_invitation_can_be_extended(store: &dyn Stores) {
    let invitation = an_invitation(1, 10);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    let by = line(person(9), AuditAction::InvitationChanged(Change::default()), 1);
    let more = Amend { expires_at: Some(Some(at(50))), add_tokens: 5, ..Amend::default() };
    store.amend(invitation.id, &more, by).await.unwrap();
    let kept = store.invitation(invitation.id).await.unwrap().unwrap();
    assert_eq!((kept.expires_at, kept.balance.quota), (Some(at(50)), 15));
    assert_eq!(kept.label, invitation.label);
    let other = Amend { label: Some("other".into()), expires_at: Some(None), ..Amend::default() };
    store.amend(invitation.id, &other, by).await.unwrap();
    let kept = store.invitation(invitation.id).await.unwrap().unwrap();
    assert_eq!((kept.expires_at, kept.balance.quota, kept.label.as_str()), (None, 15, "other"));
    let lines = store.audit(None, None, 2).await.unwrap();
    let actions: Vec<_> = lines.iter().map(|(_, line)| line.action).collect();
    let first = Change::of_tokens(Some(10), 15).and_expiry(invitation.expires_at, Some(at(50)));
    let second = Change::default().and_expiry(Some(at(50)), None);
    assert_eq!(actions, [second, first].map(AuditAction::InvitationChanged));
}

/// Title and contact can be changed and removed; other fields stay.
pub async fn what_participants_read_can_be_changed(store: &dyn Stores) {
    let invitation = an_invitation(1, 10);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    let by = line(person(9), AuditAction::InvitationChanged(Change::default()), 1);
    let titled = Amend { title: Some(Some("A talk".into())), ..Amend::default() };
    store.amend(invitation.id, &titled, by).await.unwrap();
    let kept = store.invitation(invitation.id).await.unwrap().unwrap();
    let expected = Invitation { title: Some("A talk".into()), ..invitation.clone() };
    assert_eq!(kept, expected);
    let bare = Amend { title: Some(None), contact: Some(None), ..Amend::default() };
    store.amend(invitation.id, &bare, by).await.unwrap();
    let kept = store.invitation(invitation.id).await.unwrap().unwrap();
    assert_eq!(kept, Invitation { title: None, contact: None, ..invitation });
}

/// A fresh link replaces the old one, once per version; the old one is remembered as replaced.
pub async fn a_fresh_link_is_created_once_per_version(store: &dyn Stores) {
    let invitation = an_invitation(1, 10);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    let by = line(person(9), AuditAction::FreshLinkCreated, 1);
    let link = LinkStamp { token_hash: [77; 32], version: 2, key_generation: "k2".into() };
    store.fresh_link(invitation.id, &link, by).await.unwrap();
    let late = LinkStamp { token_hash: [78; 32], ..link.clone() };
    store.fresh_link(invitation.id, &late, by).await.unwrap();
    let kept = store.invitation_by_token([77; 32]).await.unwrap().unwrap();
    assert_eq!(kept.link, link);
    let old = invitation.link.token_hash;
    assert_eq!(store.invitation_by_token(old).await.unwrap(), None, "the old link opens nothing");
    assert_eq!(
        store.invitation_by_token([78; 32]).await.unwrap(),
        None,
        "only one of two succeeds"
    );
    let replaced = async |hash| store.invitation_by_replaced_token(hash).await.unwrap();
    assert_eq!(replaced(old).await, Some(kept.clone()));
    for link in [[77; 32], [78; 32], [79; 32]] {
        assert_eq!(replaced(link).await, None, "only links that were replaced");
    }
    let third = LinkStamp { token_hash: [80; 32], version: 3, key_generation: "k2".into() };
    store.fresh_link(invitation.id, &third, by).await.unwrap();
    let kept = store.invitation(invitation.id).await.unwrap();
    assert_eq!((replaced(old).await, replaced([77; 32]).await), (kept.clone(), kept));
}

/// A fresh link continues as the same guest for exactly one of ten concurrent visitors; earlier logins end.
pub async fn a_fresh_link_is_opened_once(store: &dyn Stores) {
    let invitation = an_invitation(1, 10);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    store.claim(claim(&invitation, person(1))).await.unwrap();
    let by = line(person(9), AuditAction::FreshLinkCreated, 1);
    let unknown_actor = AuditEntry { actor: None, ..line(person(1), AuditAction::Claimed, 2) };
    let again = |version| store.reclaim(invitation.id, version, "c1", unknown_actor);
    assert_eq!(again(1).await.unwrap(), None, "the first link is used up");
    let link = LinkStamp { token_hash: [77; 32], version: 2, key_generation: "k1".into() };
    store.fresh_link(invitation.id, &link, by).await.unwrap();
    assert_eq!(
        store.reclaim(invitation.id, 2, "c0", unknown_actor).await.unwrap(),
        None,
        "consent"
    );
    let opened = join_all((0..10).map(|_| again(2))).await;
    let opened: Vec<_> = opened.into_iter().filter_map(Result::unwrap).collect();
    assert_eq!(opened, [person(1)]);
    let guest = store.user(person(1)).await.unwrap().unwrap();
    assert_eq!(guest.epoch, 1);
    let kept = store.invitation(invitation.id).await.unwrap().unwrap();
    assert_eq!((kept.claimed_link, kept.has_fresh_link()), (2, false));
    assert_eq!(kept.claimed, Some((person(1), at(1))));
}

/// A link never signs in as a user with a sign-in: the fresh link of an invitation that a signed-in user claimed opens
/// nothing.
pub async fn a_fresh_link_never_signs_in_a_user_who_has_a_sign_in(store: &dyn Stores) {
    let invitation = an_invitation(1, 10);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    let admin = store.local_admin(person(1), None, START).await.unwrap();
    let known = Claim { new_guest: false, ..claim(&invitation, admin.id) };
    store.claim(known).await.unwrap();
    let link = LinkStamp { token_hash: [77; 32], version: 2, key_generation: "k1".into() };
    let by = line(person(9), AuditAction::FreshLinkCreated, 1);
    store.fresh_link(invitation.id, &link, by).await.unwrap();
    let unknown_actor = AuditEntry { actor: None, ..line(person(1), AuditAction::Claimed, 2) };
    assert_eq!(store.reclaim(invitation.id, 2, "c1", unknown_actor).await.unwrap(), None);
    assert_eq!(store.user(admin.id).await.unwrap().unwrap().epoch, 0);
}

/// Every action on an invitation adds an audit entry, in order.
pub async fn changes_to_invitations_leave_audit_entries(store: &dyn Stores) {
    let invitation = an_invitation(1, 10);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    store.claim(claim(&invitation, person(1))).await.unwrap();
    store.claim(claim(&invitation, person(2))).await.unwrap();
    store.revoke(invitation.id, revoked_by(2)).await.unwrap();
    store.revoke(invitation.id, revoked_by(3)).await.unwrap();
    let lines = store.audit(None, None, 10).await.unwrap();
    let of = Some(Subject::Invitation(invitation.id));
    let said: Vec<_> = lines.iter().map(|(_, line)| (line.action, line.actor, line.at)).collect();
    let expected = [
        (AuditAction::Revoked, Some(person(9)), at(2)),
        (AuditAction::Claimed, Some(person(1)), at(1)),
        (AuditAction::Invited, Some(person(9)), at(0)),
    ];
    assert_eq!(said, expected);
    assert!(lines.iter().all(|(_, line)| line.subject == of));
}
