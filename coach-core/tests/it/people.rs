//! Users: permissions, linking and moving guests, and erasure.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use coach_core::{
    Claimed, Coach, CoachError, LandingState, ListInvitations, MissingPart, NewInvitation, Start,
    WholeConversation,
    conversation::EndReason,
    ids::{ConversationId, MessageId},
    invitation::{QuotaPreset, link::LinkKeys},
    live::{Event, Follower, StartAt},
    memory::MemoryStore,
    model::Lane,
    people::{
        Identity, Principal, User, UserRole,
        audit::{AuditAction, Change},
        policy,
    },
    ports::{Amend, Linking},
    testing::{ScriptedModel, SerialIds, TokioClock, answer},
};

struct Fixture(Coach);

impl Fixture {
    fn new() -> Self {
        let takes = || vec![answer("One."), answer("Two."), answer("Three.")];
        let voice = |name: &str| ScriptedModel::playing(name, takes());
        Self(
            Coach::builder(MemoryStore::new())
                .model(Lane::Partner, voice("test:partner"))
                .model(Lane::Coach, voice("test:coach"))
                .clock(Arc::new(TokioClock::default()))
                .ids(Arc::new(SerialIds::default()))
                .link_keys(LinkKeys::new([7; 32], None))
                .admin_emails(vec!["Boss@Example.org".into()])
                .build()
                .unwrap(),
        )
    }

    async fn sign_in(&self, name: &str) -> User {
        self.0.logins().sign_in(&identity(name), None).await.unwrap()
    }

    async fn admin(&self) -> Principal {
        principal(&self.sign_in("boss").await)
    }

    async fn staff(&self) -> Principal {
        let admin = self.admin().await;
        let user = self.sign_in("researcher").await;
        let user = self.0.users(&admin).give_role(user.id, UserRole::Staff).await.unwrap();
        principal(&user)
    }

    /// Creates an invitation and a guest who claimed it; returns the guest and the invitation's token.
    async fn guest(&self) -> (Principal, Claimed, String) {
        let new = NewInvitation::new("group", 1_000_000);
        let made = self.0.invitations(&self.staff().await).create(new).await.unwrap().remove(0);
        let token = self.0.link_token(&made).unwrap();
        let version = made.consent.version;
        let claimed = self.0.visitor(None, None).claim(&token, &version, None).await.unwrap();
        (Principal::new(claimed.user, UserRole::Guest), claimed, token)
    }

    async fn talk(&self, by: &Principal) -> ConversationId {
        self.0.start(by, Start::scenario("raise")).await.unwrap().id
    }
}

fn identity(name: &str) -> Identity {
    Identity {
        issuer: "https://id.example.org".into(),
        subject: name.into(),
        name: Some(name.into()),
        email: Some(format!("{name}@example.org")),
        email_verified: true,
    }
}

fn principal(user: &User) -> Principal {
    Principal::new(user.id, user.role)
}

async fn until_idle(follower: &mut Follower) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(received) = follower.next().await {
        events.push(received.event.clone());
        if received.event.is_idle() {
            break;
        }
    }
    events
}

fn code<T: std::fmt::Debug>(result: Result<T, CoachError>) -> &'static str {
    result.unwrap_err().code().as_str()
}

#[tokio::test(start_paused = true)]
async fn only_a_verified_address_makes_an_administrator() {
    let fixture = Fixture::new();
    let unverified = Identity { email_verified: false, ..identity("boss") };
    assert_eq!(fixture.0.logins().sign_in(&unverified, None).await.unwrap().role, UserRole::User);
    assert_eq!(fixture.sign_in("boss").await.role, UserRole::Admin);
    assert_eq!(fixture.sign_in("boss2").await.role, UserRole::User);
}

#[tokio::test(start_paused = true)]
async fn users_cannot_change_their_own_role_and_configured_administrators_stay() {
    let fixture = Fixture::new();
    let boss = fixture.admin().await;
    let other = fixture.sign_in("other").await;
    let own = fixture.0.users(&boss).give_role(boss.user, UserRole::User).await;
    assert_eq!(code(own), "conflict");
    let other = fixture.0.users(&boss).give_role(other.id, UserRole::Admin).await.unwrap();
    let other = principal(&other);
    let down = fixture.0.users(&other).give_role(boss.user, UserRole::User).await;
    assert_eq!(code(down), "conflict");
    assert_eq!(code(fixture.0.users(&other).disable(boss.user, true).await), "conflict");
    let (guest, ..) = fixture.guest().await;
    assert_eq!(
        code(fixture.0.users(&boss).give_role(guest.user, UserRole::Staff).await),
        "conflict"
    );
}

#[tokio::test(start_paused = true)]
async fn a_promotion_by_the_operator_adds_an_audit_entry() {
    let fixture = Fixture::new();
    let boss = fixture.admin().await;
    let lines = fixture.0.users(&boss).audit(None, None, 10).await.unwrap();
    let deeds: Vec<_> = lines.iter().map(|(_, line)| line.action).collect();
    assert_eq!(deeds, [AuditAction::RoleGiven(UserRole::Admin), AuditAction::SignedIn]);
}

#[tokio::test(start_paused = true)]
async fn the_consoles_link_does_not_sign_in_a_disabled_administrator() {
    let fixture = Fixture::new();
    let until = fixture.0.now().after(std::time::Duration::from_secs(60));
    let local = fixture.0.logins().sign_in_local_admin("one", until, None).await.unwrap().unwrap();
    let boss = fixture.admin().await;
    fixture.0.users(&boss).disable(local.id, true).await.unwrap();
    assert_eq!(code(fixture.0.logins().sign_in_local_admin("two", until, None).await), "forbidden");
    let lines = fixture.0.users(&boss).audit(Some(local.id), None, 1).await.unwrap();
    assert_eq!(lines[0].1.action, AuditAction::SignInRefused);
}

#[tokio::test(start_paused = true)]
async fn a_disabled_account_cannot_sign_in() {
    let fixture = Fixture::new();
    let admin = fixture.admin().await;
    let user = fixture.sign_in("someone").await;
    fixture.0.users(&admin).disable(user.id, true).await.unwrap();
    assert_eq!(code(fixture.0.logins().sign_in(&identity("someone"), None).await), "forbidden");
}

#[tokio::test(start_paused = true)]
async fn a_disabled_guest_resumes_nothing() {
    let fixture = Fixture::new();
    let (guest, claimed, token) = fixture.guest().await;
    let admin = fixture.admin().await;
    fixture.0.users(&admin).disable(guest.user, true).await.unwrap();
    let landing = fixture.0.visitor(None, claimed.resume).landing(&token).await.unwrap();
    assert_eq!(landing.state, LandingState::Closed, "it is closed on every device");
    let version = landing.invitation.consent.version;
    let again = fixture.0.visitor(None, claimed.resume).claim(&token, &version, None).await;
    assert_eq!(code(again), "claimed");
}

#[tokio::test(start_paused = true)]
async fn a_browser_never_resumes_a_signed_in_user() {
    let fixture = Fixture::new();
    let (guest, claimed, token) = fixture.guest().await;
    fixture.0.me(&guest).link(&identity("ada")).await.unwrap();
    let left = fixture.0.visitor(None, claimed.resume).landing(&token).await.unwrap();
    assert_eq!(left.state, LandingState::Claimed, "ada must sign in");
    let again = fixture.0.visitor(None, claimed.resume).claim(&token, "any", None).await;
    assert_eq!(code(again), "claimed");
    let ada = Principal::new(guest.user, UserRole::User);
    let hers = fixture.0.visitor(Some(&ada), None).claim(&token, "any", None).await.unwrap();
    assert_eq!(
        (hers.user, hers.resume),
        (guest.user, None),
        "no browser memory for a signed-in user"
    );
}

#[tokio::test(start_paused = true)]
async fn a_signed_in_user_is_not_treated_as_the_browsers_earlier_guest() {
    let fixture = Fixture::new();
    let (_, claimed, token) = fixture.guest().await;
    let eve = principal(&fixture.sign_in("eve").await);
    let landing = fixture.0.visitor(Some(&eve), claimed.resume).landing(&token).await.unwrap();
    assert_eq!(landing.state, LandingState::Claimed);
}

#[tokio::test(start_paused = true)]
async fn a_linked_guest_continues_where_they_were() {
    let fixture = Fixture::new();
    let (guest, ..) = fixture.guest().await;
    let talk = fixture.talk(&guest).await;
    let Linking::Linked(user) = fixture.0.me(&guest).link(&identity("ada")).await.unwrap() else {
        panic!("the identity was not linked");
    };
    assert_eq!((user.id, user.role), (guest.user, UserRole::User));
    fixture.0.conversation(&principal(&user), talk).say("Can we talk?").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_moved_guest_continues_as_the_user_even_while_a_reply_streams() {
    let fixture = Fixture::new();
    let (guest, ..) = fixture.guest().await;
    let ada = fixture.sign_in("ada").await;
    let talk = fixture.talk(&guest).await;
    let mut live = fixture.0.conversation(&guest, talk).follow(StartAt::Nothing).await.unwrap();
    fixture.0.conversation(&guest, talk).say("Can we talk?").await.unwrap();
    let taken = fixture.0.me(&guest).link(&identity("ada")).await.unwrap();
    assert_eq!(taken, Linking::Taken(ada.id));
    let other = principal(&fixture.sign_in("eve").await);
    assert_eq!(code(fixture.0.conversation(&other, talk).say("Hello.").await), "not_found");
    let moved = fixture.0.me(&guest).move_to("https://id.example.org", "ada").await.unwrap();
    assert_eq!(moved.id, ada.id);
    until_idle(&mut live).await;
    until_idle(&mut live).await;
    fixture.0.conversation(&principal(&ada), talk).say("And now?").await.unwrap();
    assert_eq!(code(fixture.0.conversation(&guest, talk).say("Still me?").await), "not_found");
    assert_eq!(fixture.0.me(&principal(&ada)).invitations().await.unwrap().len(), 1);
    let again = fixture.0.me(&guest).move_to("https://id.example.org", "ada").await;
    assert_eq!(code(again), "not_found");
}

#[tokio::test(start_paused = true)]
async fn a_guest_never_moves_to_a_user_who_may_not_claim() {
    let fixture = Fixture::new();
    let (guest, ..) = fixture.guest().await;
    fixture.admin().await;
    let moved = fixture.0.me(&guest).move_to("https://id.example.org", "boss").await;
    assert_eq!(code(moved), "conflict");
}

#[tokio::test(start_paused = true)]
async fn a_fresh_link_continues_as_the_same_guest_and_ends_the_old_browser() {
    let fixture = Fixture::new();
    let (guest, claimed, token) = fixture.guest().await;
    let staff = fixture.staff().await;
    let fresh = fixture.0.invitations(&staff).fresh_link(claimed.invitation).await.unwrap();
    let new_token = fixture.0.link_token(&fresh).unwrap();
    let version = fresh.consent.version;
    let old = fixture.0.visitor(None, claimed.resume).landing(&token).await.unwrap();
    assert_eq!(old.state, LandingState::Replaced);
    let again = fixture.0.visitor(None, None).claim(&new_token, &version, None).await.unwrap();
    assert_eq!((again.user, again.resumed), (guest.user, true));
    let epoch = fixture.0.logins().user(guest.user).await.unwrap().unwrap().epoch;
    assert_eq!(epoch, 1, "the other device's login has ended");
    let old = fixture.0.visitor(None, claimed.resume).landing(&new_token).await.unwrap();
    assert_eq!(old.state, LandingState::Claimed, "it cannot resume");
    let new = fixture.0.visitor(None, again.resume).landing(&new_token).await.unwrap();
    assert_eq!(new.state, LandingState::Yours);
    let late = fixture.0.visitor(None, None).claim(&new_token, &version, None).await;
    assert_eq!(code(late), "claimed");
}

#[tokio::test(start_paused = true)]
async fn an_uninvited_user_can_spend_nothing_without_an_allowance() {
    let fixture = Fixture::new();
    let admin = fixture.admin().await;
    let user = principal(&fixture.sign_in("stranger").await);
    let refused = fixture.0.start(&user, Start::scenario("raise")).await;
    assert_eq!(code(refused), "quota_exhausted");
    let allowance =
        QuotaPreset { id: QuotaPreset::ALLOWANCE, label: "Allowance".into(), tokens: 1_000_000 };
    fixture.0.presets(&admin).change(allowance.clone()).await.unwrap();
    let talk = fixture.talk(&user).await;
    let mut live = fixture.0.conversation(&user, talk).follow(StartAt::Nothing).await.unwrap();
    let first = until_idle(&mut live).await;
    assert!(first.iter().all(|event| !matches!(event, Event::Ended(_))));
    fixture.0.conversation(&user, talk).say("Can we talk?").await.unwrap();
    let received = until_idle(&mut live).await;
    let used = received.iter().rev().find_map(|event| match event {
        Event::Quota(quota) => quota.used,
        _ => None,
    });
    assert!(used.unwrap() > 0, "the allowance is charged");
    fixture.0.presets(&admin).change(QuotaPreset { tokens: 0, ..allowance }).await.unwrap();
    assert_eq!(code(fixture.0.conversation(&user, talk).say("More?").await), "quota_exhausted");
}

#[tokio::test(start_paused = true)]
async fn erasing_ends_running_turns_and_leaves_no_text() {
    let fixture = Fixture::new();
    let (guest, claimed, _) = fixture.guest().await;
    let staff = fixture.staff().await;
    let talk = fixture.talk(&guest).await;
    let mut live = fixture.0.conversation(&guest, talk).follow(StartAt::Nothing).await.unwrap();
    fixture.0.conversation(&guest, talk).say("Something I regret.").await.unwrap();
    fixture.0.invitations(&staff).erase_participant(claimed.invitation).await.unwrap();
    loop {
        match &live.next().await.unwrap().event {
            Event::Ended(reason) => {
                assert_eq!(*reason, EndReason::Erased);
                break;
            }
            Event::History { messages, reset, .. } if *reset => assert_eq!(messages.len(), 0),
            _ => {}
        }
    }
    assert_eq!(code(fixture.0.conversation(&guest, talk).get().await), "erased");
    assert_eq!(code(fixture.0.conversation(&staff, talk).messages(None, 10).await), "erased");
    assert_eq!(code(fixture.0.conversation(&guest, talk).say("More.").await), "erased");
    let left = fixture.0.invitations(&staff).get(claimed.invitation).await.unwrap().balance;
    assert_eq!(left.reserved, 0, "no reservation is left");
}

#[tokio::test(start_paused = true)]
async fn an_administrator_must_give_up_the_role_before_erasing_themselves() {
    let fixture = Fixture::new();
    let admin = fixture.admin().await;
    assert_eq!(code(fixture.0.me(&admin).erase().await), "conflict");
    let user = principal(&fixture.sign_in("someone").await);
    fixture.0.me(&user).erase().await.unwrap();
    assert!(fixture.0.logins().user(user.user).await.unwrap().unwrap().disabled);
}

#[tokio::test(start_paused = true)]
async fn an_export_contains_all_data_of_its_user() {
    let fixture = Fixture::new();
    let (guest, ..) = fixture.guest().await;
    let talk = fixture.talk(&guest).await;
    let mut live = fixture.0.conversation(&guest, talk).follow(StartAt::Nothing).await.unwrap();
    until_idle(&mut live).await;
    fixture.0.conversation(&guest, talk).say("Can we talk?").await.unwrap();
    until_idle(&mut live).await;
    let all = fixture.0.me(&guest).data().await.unwrap();
    let [whole] = &all.conversations[..] else { panic!("one") };
    let WholeConversation { conversation, messages, entries, .. } = whole;
    assert_eq!(conversation.id, talk);
    assert!(messages.iter().any(|message| message.content == "Can we talk?"));
    assert_eq!(entries.len(), 2, "one for each voice");
}

#[tokio::test(start_paused = true)]
async fn observing_adds_an_audit_entry() {
    let fixture = Fixture::new();
    let (guest, claimed, _) = fixture.guest().await;
    let (staff, admin) = (fixture.staff().await, fixture.admin().await);
    let talk = fixture.talk(&guest).await;
    let _watching = fixture.0.conversation(&staff, talk).observe(StartAt::Nothing).await.unwrap();
    fixture.0.conversation(&staff, talk).messages(None, 10).await.unwrap();
    let last = Some(MessageId(i64::MAX));
    fixture.0.conversation(&staff, talk).messages(last, 10).await.unwrap();
    fixture.0.conversation(&guest, talk).messages(None, 10).await.unwrap();
    let extend = Amend { add_tokens: 5, ..Amend::default() };
    let more = fixture
        .0
        .invitations(&staff)
        .amend(claimed.invitation, extend)
        .await
        .unwrap()
        .balance
        .quota;
    let lines = fixture.0.users(&admin).audit(Some(staff.user), None, 10).await.unwrap();
    let deeds: Vec<_> = lines.iter().map(|(_, line)| line.action).collect();
    let changed = AuditAction::InvitationChanged(Change::of_tokens(Some(more - 5), more));
    let expected = [changed, AuditAction::Read, AuditAction::Observed];
    assert_eq!(deeds[..3], expected, "two reads are one look");
}

#[test]
fn the_published_matrix_is_the_table() {
    let page = include_str!("../../../docs/permission.md");
    let table = policy::matrix();
    assert!(page.contains(&table), "docs/permission.md must contain this table:\n\n{table}");
}

#[tokio::test(start_paused = true)]
async fn inviting_without_link_keys_fails_with_an_error_of_its_own() {
    let coach = Coach::builder(MemoryStore::new())
        .models(ScriptedModel::playing("test:silent", []))
        .build()
        .unwrap();
    let until = coach.now().after(std::time::Duration::from_secs(60));
    let admin = coach.logins().sign_in_local_admin("once", until, None).await.unwrap().unwrap();
    let staff = Principal::new(admin.id, admin.role);
    let refused =
        coach.invitations(&staff).create(NewInvitation::new("group", 1_000_000)).await.unwrap_err();
    assert!(matches!(refused, CoachError::Missing(MissingPart::LinkKeys)), "{refused:?}");
    assert!(refused.to_string().contains("link_keys"), "{refused}");
    assert!(
        coach
            .invitations(&staff)
            .list(&ListInvitations::default(), 10)
            .await
            .unwrap()
            .items
            .is_empty()
    );
}
