//! What invitations, presets, and the starts and ends of conversations write.

use coach_core::{
    conversation::{Conversation, EndReason, Role, Status},
    ids::PresetId,
    invitation::{Invitation, LinkStamp, QuotaPreset},
    people::{
        User, UserRole,
        audit::{AuditAction, AuditEntry, Change, Subject},
    },
    ports::{Amend, Claim, Claiming, Ending},
    rules::{
        conversations::{self, End, Starting},
        invitations::{
            Claims, InvitationExists, amend, claim, fresh_link, invite, reclaim, revoke,
        },
        presets,
        users::new_user,
    },
    testing::contract::fixture::{a_conversation, an_invitation, at, line, made, person, uuid},
};

fn entry(action: AuditAction) -> AuditEntry {
    line(person(9), action, 5)
}

fn about(invitation: &Invitation) -> Option<Subject> {
    Some(Subject::Invitation(invitation.id))
}

#[test]
fn invitations_are_saved_all_or_none_and_once() {
    let [one, two] = [1, 2].map(|number| an_invitation(number, 10));
    let key = |of: &Invitation| (of.id, of.link.token_hash);
    let both = [one.clone(), two.clone()];
    let audit = invite(&both, &[], made()).unwrap().unwrap();
    let subjects: Vec<_> = audit.iter().map(|entry| entry.subject).collect();
    assert_eq!(subjects, [about(&one), about(&two)]);
    assert_eq!(invite(&both, &[key(&two), key(&one)], made()), Ok(None), "repeated");
    assert_eq!(invite(&both, &[key(&two)], made()), Err(InvitationExists));
    let other_token = (one.id, [9; 32]);
    assert_eq!(invite(&both, &[other_token, key(&two)], made()), Err(InvitationExists));
    let mut twin = two.clone();
    twin.link.token_hash = one.link.token_hash;
    assert_eq!(invite(&[one.clone(), twin], &[], made()), Err(InvitationExists));
    assert_eq!(invite(&[one.clone(), one], &[], made()), Err(InvitationExists));
}

/// Expiry, revocation and claimant of the invitation; the response five seconds after the start.
#[test]
fn an_open_invitation_is_claimed_once() {
    let request = Claim {
        invitation: an_invitation(1, 10).id,
        user: person(1),
        new_guest: true,
        consent_version: "c1",
        audit: line(person(1), AuditAction::Claimed, 5),
    };
    for (expires, revoked, by, expected) in [
        (Some(6), None, None, None),
        (Some(5), None, None, Some(Claiming::Expired)),
        (None, Some(1), None, Some(Claiming::Revoked)),
        (Some(5), Some(1), None, Some(Claiming::Revoked)),
        (None, None, Some(2), Some(Claiming::Taken(person(2)))),
        (Some(5), Some(1), Some(1), Some(Claiming::Taken(person(1)))),
    ] {
        let known = Invitation {
            expires_at: expires.map(at),
            revoked_at: revoked.map(at),
            claimed: by.map(|by| (person(by), at(1))),
            ..an_invitation(1, 10)
        };
        let answer = match claim(Some(known.clone()), &request) {
            Claims::Answer(answer) => Some(answer),
            Claims::Write(plan) => {
                let claimed = Invitation {
                    claimed: Some((person(1), at(5))),
                    claimed_link: 1,
                    ..known.clone()
                };
                assert_eq!((&plan.invitation, plan.audit.subject), (&claimed, about(&known)));
                assert_eq!(plan.guest, Some(new_user(person(1), UserRole::Guest, at(5))));
                assert_eq!(
                    (plan.consent_version.as_str(), plan.claiming()),
                    ("c1", Claiming::Claimed)
                );
                None
            }
        };
        assert_eq!(answer, expected, "{known:?}");
    }
    assert_eq!(claim(None, &request), Claims::Answer(Claiming::Unknown));
    let known = Claim { new_guest: false, ..request };
    let Claims::Write(plan) = claim(Some(an_invitation(1, 10)), &known) else { panic!("not open") };
    assert_eq!(plan.guest, None);
}

#[test]
fn a_fresh_link_opens_once_for_an_open_guest() {
    let guest = new_user(person(1), UserRole::Guest, at(0));
    let mut fresh =
        Invitation { claimed: Some((person(1), at(1))), claimed_link: 1, ..an_invitation(1, 10) };
    fresh.link.version = 2;
    let by = AuditEntry { actor: None, ..entry(AuditAction::Claimed) };
    let plan = reclaim(Some(&fresh), Some(guest.clone()), 2, "c1", by).unwrap();
    assert_eq!(plan.guest, User { epoch: 1, ..guest.clone() });
    assert_eq!((plan.claimed_link, plan.audit.actor), (2, Some(person(1))));
    assert_eq!(plan.audit.subject, about(&fresh));
    let used = Invitation { claimed_link: 2, ..fresh.clone() };
    let revoked = Invitation { revoked_at: Some(at(1)), ..fresh.clone() };
    let expired = Invitation { expires_at: Some(at(5)), ..fresh.clone() };
    let unclaimed = Invitation { claimed: None, ..fresh.clone() };
    let some = Some(&fresh);
    let closed = User { disabled: true, ..guest.clone() };
    let account = User { role: UserRole::User, ..guest.clone() };
    for (known, by_whom, version, consent) in [
        (None, Some(&guest), 2, "c1"),
        (some, None, 2, "c1"),
        (some, Some(&closed), 2, "c1"),
        (some, Some(&account), 2, "c1"),
        (some, Some(&guest), 1, "c1"),
        (some, Some(&guest), 2, "c0"),
        (Some(&used), Some(&guest), 2, "c1"),
        (Some(&revoked), Some(&guest), 2, "c1"),
        (Some(&expired), Some(&guest), 2, "c1"),
        (Some(&unclaimed), Some(&guest), 2, "c1"),
    ] {
        let plan = reclaim(known, by_whom.cloned(), version, consent, by);
        assert_eq!(plan, None, "{known:?} {by_whom:?} {version} {consent}");
    }
}

#[test]
fn a_change_names_its_numbers_and_added_tokens_clear_the_ceilings() {
    let before = an_invitation(1, 10);
    let by = entry(AuditAction::InvitationChanged(Change::default()));
    let more = Amend { add_tokens: 5, expires_at: Some(Some(at(50))), ..Amend::default() };
    let plan = amend(Some(before.clone()), &more, by).unwrap();
    assert_eq!((plan.invitation.balance.quota, plan.invitation.expires_at), (15, Some(at(50))));
    assert!(plan.clears_ceilings);
    let change = Change { tokens: Some((Some(10), 15)), expires: Some((None, Some(at(50)))) };
    assert_eq!(plan.audit.action, AuditAction::InvitationChanged(change));
    assert_eq!(plan.audit.subject, about(&before));
    let words = Amend {
        label: Some("other".into()),
        title: Some(None),
        contact: Some(Some("me".into())),
        ..Amend::default()
    };
    let plan = amend(Some(before.clone()), &words, by).unwrap();
    let expected = Invitation {
        label: "other".into(),
        title: None,
        contact: Some("me".into()),
        ..before.clone()
    };
    assert_eq!((plan.invitation, plan.clears_ceilings), (expected, false));
    assert_eq!(plan.audit.action, AuditAction::InvitationChanged(Change::default()));
    assert_eq!(amend(None, &more, by), None);
}

#[test]
fn a_link_is_replaced_once_a_version_and_revoked_once() {
    let known = an_invitation(1, 10);
    let by = entry(AuditAction::FreshLinkCreated);
    for (version, replaces) in [(1, false), (2, true), (3, false)] {
        let link = LinkStamp { token_hash: [77; 32], version, key_generation: "k2".into() };
        let plan = fresh_link(Some(&known), &link, by);
        let found = plan.map(|plan| (plan.replaced, plan.link, plan.audit.subject));
        let expected = replaces.then(|| ([1; 32], link.clone(), about(&known)));
        assert_eq!(found, expected, "{version}");
    }
    let (when, audit) = revoke(Some(&known), entry(AuditAction::Revoked)).unwrap();
    assert_eq!((when, audit.subject), (at(5), about(&known)));
    let revoked = Invitation { revoked_at: Some(at(1)), ..known };
    assert_eq!(revoke(Some(&revoked), by), None);
    assert_eq!(revoke(None, by), None);
}

#[test]
fn a_preset_is_saved_if_it_changes_and_the_allowance_stays() {
    let by = entry(AuditAction::PresetSaved(Change::default()));
    let preset = |id, tokens| QuotaPreset { id, label: "Tiny".into(), tokens };
    let (tiny, allowance) = (PresetId(uuid(1)), QuotaPreset::ALLOWANCE);
    for (id, before, after, expected) in [
        (tiny, None, 10, Some((false, Change::of_tokens(None, 10)))),
        (tiny, Some(10), 20, Some((false, Change::of_tokens(Some(10), 20)))),
        (tiny, Some(10), 10, None),
        (allowance, Some(10), 20, Some((true, Change::of_tokens(Some(10), 20)))),
        (allowance, Some(10), 9, Some((false, Change::of_tokens(Some(10), 9)))),
    ] {
        let before = before.map(|tokens| preset(id, tokens));
        let plan = presets::keep(before.as_ref(), &preset(id, after), by);
        let found = plan.map(|plan| (plan.clears_ceilings, plan.audit.action));
        let expected = expected.map(|(clears, change)| (clears, AuditAction::PresetSaved(change)));
        assert_eq!(found, expected, "{before:?} to {after}");
    }
    for (known, id, removed) in [(true, tiny, true), (false, tiny, false), (true, allowance, false)]
    {
        let found = presets::remove(known, id, by).map(|audit| audit.subject);
        assert_eq!(found, removed.then_some(Some(Subject::Preset(id))));
    }
}

#[test]
fn a_conversation_starts_once_for_an_open_user() {
    let mut new = a_conversation(1, None);
    for (known, closed, answer) in [(true, false, true), (true, true, true), (false, true, false)] {
        assert_eq!(conversations::start(known, closed, &new), Starting::Answer(answer));
    }
    assert_eq!(conversations::start(false, false, &new), Starting::Write(None));
    new.script.opening = Some("Yes?".into());
    let Starting::Write(Some(opening)) = conversations::start(false, false, &new) else {
        panic!("no opening")
    };
    assert_eq!((opening.role, opening.status), (Role::Partner, Status::Complete));
    assert_eq!((opening.content, opening.number, opening.turn), ("Yes?", 0, None));
    assert_eq!((opening.at, opening.done_at), (new.created_at, Some(new.created_at)));
}

#[test]
fn a_conversation_ends_once_and_not_during_a_turn() {
    let by = Some(entry(AuditAction::Ended));
    let end = |known: Option<&Conversation>, busy| {
        conversations::end(known.cloned(), busy, EndReason::Staff, at(5), by)
    };
    let running = a_conversation(1, None);
    assert_eq!(end(None, false), End::Answer(Ending::Unknown));
    assert_eq!(end(Some(&running), true), End::Answer(Ending::Busy));
    let End::Write(plan) = end(Some(&running), false) else { panic!("not ended") };
    let ended = Conversation { ended: Some((EndReason::Staff, at(5))), ..running.clone() };
    assert_eq!((&plan.conversation, plan.audit), (&ended, by));
    assert_eq!(plan.ending(), Ending::Ended(ended.clone()));
    let again = Conversation { ended: Some((EndReason::MaxTurns, at(1))), ..ended };
    assert_eq!(end(Some(&again), true), End::Answer(Ending::Already(again.clone())));
}

#[test]
fn an_erased_conversation_says_when_it_ended() {
    let running = a_conversation(1, None);
    let erased = conversations::erase(running.clone(), at(5));
    assert_eq!((erased.ended, erased.erased_at), (Some((EndReason::Erased, at(5))), Some(at(5))));
    assert_eq!(
        (erased.script.title.as_str(), erased.script.coach_prompt.as_str()),
        ("A raise", "")
    );
    assert_eq!(conversations::erase(erased.clone(), at(9)), erased, "once");
    let own =
        Conversation { scenario: None, ended: Some((EndReason::Participant, at(2))), ..running };
    let erased = conversations::erase(own, at(5));
    assert_eq!((erased.ended, erased.erased_at), (Some((EndReason::Erased, at(2))), Some(at(5))));
    assert_eq!(erased.script.title, "");
}
