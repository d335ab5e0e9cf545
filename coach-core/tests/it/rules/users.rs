//! What signing in, linking, moving, changing and erasing a user writes.

use coach_core::{
    ids::UserId,
    people::{
        Identity, User, UserRole,
        audit::{AuditAction, AuditEntry, Subject},
    },
    ports::{Changing, Linking, SignIn},
    rules::users::{
        Change, Link, SignInFacts, UserChange, change, end_logins, erase, link, local_admin,
        move_guest, new_user, sign_in,
    },
    testing::contract::fixture::{at, line, person},
};

fn user(number: u128, role: UserRole) -> User {
    let name = Some(format!("user {number}"));
    let email = Some(format!("{number}@example.org"));
    User { name, email, epoch: 4, ..new_user(person(number), role, at(0)) }
}

fn disabled(user: User) -> User {
    User { disabled: true, ..user }
}

fn identity() -> Identity {
    Identity {
        issuer: "https://id.example.org".into(),
        subject: "ada".into(),
        name: Some("Ada".into()),
        email: None,
        email_verified: true,
    }
}

fn entry(action: AuditAction) -> AuditEntry {
    line(person(9), action, 5)
}

fn actions(audit: &[AuditEntry]) -> Vec<AuditAction> {
    audit.iter().map(|entry| entry.action).collect()
}

#[test]
fn a_first_sign_in_makes_a_user_with_what_was_spent_before() {
    let identity = identity();
    let request =
        SignIn { identity: &identity, new: person(1), promote: false, address: None, at: at(5) };
    let facts = SignInFacts { user: None, spent_before: Some(70) };
    let found = sign_in(facts, &request);
    assert_eq!((found.is_new, found.carried), (true, Some(70)));
    let user = &found.plan.user;
    assert_eq!((user.id, user.role, user.epoch), (person(1), UserRole::User, 0));
    assert_eq!((user.name.as_deref(), user.email.as_deref()), (Some("Ada"), None));
    assert_eq!((user.created_at, user.signed_in_at), (at(5), Some(at(5))));
    assert_eq!(actions(&found.plan.audit), [AuditAction::SignedIn]);
    assert_eq!(found.plan.allowance_pays, None);
}

#[test]
fn a_later_sign_in_updates_the_name_and_may_promote() {
    let identity = identity();
    let request =
        SignIn { identity: &identity, new: person(1), promote: true, address: None, at: at(5) };
    let known = |user| SignInFacts { user: Some(user), spent_before: Some(70) };
    let found = sign_in(known(user(2, UserRole::User)), &request);
    assert_eq!((found.is_new, found.carried), (false, None));
    let expected = User {
        name: Some("Ada".into()),
        role: UserRole::Admin,
        signed_in_at: Some(at(5)),
        ..user(2, UserRole::User)
    };
    assert_eq!(found.plan.user, expected, "an absent address leaves the known one");
    let promoted = AuditAction::RoleGiven(UserRole::Admin);
    assert_eq!(actions(&found.plan.audit), [AuditAction::SignedIn, promoted]);
    assert_eq!(found.plan.audit[1].subject, Some(Subject::User(person(2))));
    assert_eq!(found.plan.allowance_pays, Some(false));
    let refused = sign_in(known(disabled(user(2, UserRole::User))), &request);
    assert_eq!(refused.plan.user, disabled(user(2, UserRole::User)));
    assert_eq!(actions(&refused.plan.audit), [AuditAction::SignInRefused]);
    assert_eq!(refused.plan.allowance_pays, None);
}

#[test]
fn the_local_administrator_is_made_once() {
    let first = local_admin(None, person(1), None, at(5));
    assert_eq!((first.user.id, first.user.role), (person(1), UserRole::Admin));
    assert_eq!(first.user.signed_in_at, Some(at(5)));
    let later = local_admin(Some(user(2, UserRole::Admin)), person(1), None, at(6));
    assert_eq!((later.user.id, later.user.signed_in_at), (person(2), Some(at(6))));
    let closed = disabled(user(2, UserRole::Admin));
    let refused = local_admin(Some(closed.clone()), person(1), None, at(6));
    assert_eq!(refused.user, closed);
    assert_eq!(actions(&refused.audit), [AuditAction::SignInRefused]);
}

#[test]
fn an_identity_is_linked_to_one_user() {
    let by = entry(AuditAction::IdentityLinked);
    let attempt = |owner, user| link(owner, user, person(1), &identity(), by);
    let guest = user(1, UserRole::Guest);
    let taken = Link::Answer(Linking::Taken(person(2)));
    assert_eq!(attempt(Some(person(2)), Some(guest.clone())), taken);
    assert_eq!(attempt(Some(person(2)), None), taken, "before an unknown user");
    assert_eq!(attempt(None, None), Link::Answer(Linking::Unknown));
    let again = Link::Answer(Linking::Linked(guest.clone()));
    assert_eq!(attempt(Some(person(1)), Some(guest.clone())), again);
    let Link::Write(plan) = attempt(None, Some(guest.clone())) else { panic!("not linked") };
    assert_eq!(plan.user, User { role: UserRole::User, epoch: 5, ..guest });
    assert_eq!(plan.audit, [by]);
    let nameless = User { name: None, email: None, ..user(1, UserRole::Staff) };
    let Link::Write(plan) = attempt(None, Some(nameless)) else { panic!("not linked") };
    assert_eq!((plan.user.role, plan.user.name.as_deref()), (UserRole::Staff, Some("Ada")));
}

#[test]
fn only_an_open_guest_moves_and_only_to_another_user() {
    let (guest, ada) = (user(1, UserRole::Guest), user(2, UserRole::User));
    let by = entry(AuditAction::GuestMoved);
    let plan = move_guest(Some(guest.clone()), Some(&ada), by).unwrap();
    assert_eq!(plan.guest, User { disabled: true, epoch: 5, ..guest.clone() });
    assert_eq!((plan.to, plan.audit.subject), (ada.id, Some(Subject::User(ada.id))));
    for (from, to) in [
        (None, Some(&ada)),
        (Some(guest.clone()), None),
        (Some(guest.clone()), Some(&guest)),
        (Some(disabled(guest.clone())), Some(&ada)),
        (Some(user(3, UserRole::User)), Some(&ada)),
        (Some(user(3, UserRole::Admin)), Some(&ada)),
    ] {
        assert_eq!(move_guest(from.clone(), to, by), None, "{from:?} to {to:?}");
    }
}

/// The administrators who can sign in, the user to change, the change, and whether it is refused.
#[test]
fn one_administrator_who_can_sign_in_remains() {
    use UserChange::{Disabled, Role};
    let (admin, staff) = (user(1, UserRole::Admin), user(2, UserRole::Staff));
    let off = disabled(user(3, UserRole::Admin));
    let (one, two) = (vec![person(1)], vec![person(1), person(4)]);
    let rows: [(&[UserId], &User, UserChange, bool); 10] = [
        (&one, &admin, Role(UserRole::Staff), true),
        (&one, &admin, Role(UserRole::Admin), false),
        (&one, &admin, Disabled(true), true),
        (&one, &admin, Disabled(false), false),
        (&two, &admin, Role(UserRole::User), false),
        (&two, &admin, Disabled(true), false),
        (&one, &staff, Role(UserRole::User), false),
        (&one, &staff, Disabled(true), false),
        (&one, &off, Role(UserRole::User), false),
        (&[], &off, Disabled(true), false),
    ];
    for (admins, user, wanted, refused) in rows {
        let found = change(Some(user.clone()), admins, wanted, entry(AuditAction::Disabled));
        let last = found == Change::Answer(Changing::LastAdmin);
        assert_eq!(last, refused, "{admins:?} {user:?} {wanted:?}");
    }
    let unknown = change(None, &one, Disabled(true), entry(AuditAction::Disabled));
    assert_eq!(unknown, Change::Answer(Changing::Unknown));
}

#[test]
fn a_change_ends_logins_pays_by_role_and_is_noted_once() {
    let write = |user, wanted| match change(Some(user), &[], wanted, entry(AuditAction::Enabled)) {
        Change::Write(plan) => plan,
        Change::Answer(answer) => panic!("{answer:?}"),
    };
    let staff = user(2, UserRole::Staff);
    let plan = write(staff.clone(), UserChange::Disabled(true));
    assert_eq!(plan.user, User { disabled: true, epoch: 5, ..staff.clone() });
    assert_eq!(plan.allowance_pays, None);
    assert_eq!(plan.audit[0].subject, Some(Subject::User(person(2))));
    let again = write(plan.user, UserChange::Disabled(true));
    assert_eq!((again.user.epoch, again.audit), (5, vec![]), "nothing changes");
    let enabled = write(again.user, UserChange::Disabled(false));
    assert_eq!((enabled.user.epoch, enabled.audit.len()), (5, 1));
    for (role, pays) in
        [(UserRole::User, Some(true)), (UserRole::Staff, None), (UserRole::Admin, Some(false))]
    {
        let plan = write(staff.clone(), UserChange::Role(role));
        assert_eq!((plan.user.role, plan.allowance_pays), (role, pays));
        assert_eq!(plan.audit.len(), usize::from(pays.is_some()));
    }
}

#[test]
fn ending_logins_raises_the_epoch() {
    let plan = end_logins(Some(user(1, UserRole::User)), entry(AuditAction::SignedOut)).unwrap();
    assert_eq!(plan.user, User { epoch: 5, ..user(1, UserRole::User) });
    assert_eq!(plan.audit[0].subject, Some(Subject::User(person(1))));
    assert_eq!(end_logins(None, entry(AuditAction::SignedOut)), None);
}

#[test]
fn erasing_leaves_numbers_and_ids() {
    let by = entry(AuditAction::Erased);
    let identities = [identity(), Identity { subject: "eve".into(), ..identity() }];
    let plan = erase(Some(user(1, UserRole::User)), &identities, 70, by).unwrap();
    let bare = new_user(person(1), UserRole::User, at(0));
    assert_eq!(plan.user, User { disabled: true, epoch: 5, ..bare });
    assert_eq!(plan.traces, identities.each_ref().map(Identity::trace));
    assert_ne!(plan.traces[0], plan.traces[1]);
    assert_eq!((plan.spent, plan.at), (70, at(5)));
    assert_eq!(plan.audit.subject, Some(Subject::User(person(1))));
    assert_eq!(erase(None, &[], 0, by), None);
}
