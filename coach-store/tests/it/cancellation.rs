//! Callers may stop waiting at any moment: a fact is still saved completely or not at all.

use std::{pin::pin, time::Duration};

use coach_core::{
    conversation::{EndReason, Seen, SeenHow},
    ids::{EntryId, PresetId, ReservationId},
    invitation::QuotaPreset,
    model::{StandaloneLane, TurnLane},
    people::{
        Identity, UserRole,
        audit::{AuditAction, Subject},
    },
    ports::{
        Claim, ConversationFilter, InvitationFilter, InvitationOrder, NextStep, RecoveryScope,
        SignIn, StandaloneCall, StoredScenario, Stores,
    },
    testing::contract::fixture::{
        CALL, LEASE, REPORTED, TURN, TestRoom as Room, a_conversation, an_invitation, at, line,
        person, report, uuid,
    },
    turn::ledger::Payer,
};
use coach_store::Options;
use futures::poll;

use crate::folder::Place;

/// Polls `fact` this many times, a moment apart, and then drops it.
async fn give_up<T>(fact: impl Future<Output = T>, looks: u32) {
    let mut fact = pin!(fact);
    for _ in 0..looks {
        if poll!(&mut fact).is_ready() {
            break;
        }
        tokio::time::sleep(Duration::from_micros(150)).await;
    }
}

/// Drops the future of every method of every store after this many polls.
async fn give_up_everything(store: &dyn Stores, room: Room<'_>, looks: u32) {
    let n = u64::from(looks) * 10 + 1;
    let new = a_conversation(1000 + u128::from(looks), Some(room.invitation));
    let invitation = an_invitation(100 + u8::try_from(looks).unwrap(), 10);
    let scenario =
        StoredScenario { slug: "s".into(), version: looks.to_string(), source: looks.to_string() };
    let free = StandaloneCall {
        conversation: Some(room.id),
        ..StandaloneCall::new(
            ReservationId(uuid(0x0600_0000 + u128::from(looks))),
            Payer::Invitation(room.invitation),
            StandaloneLane::Elaboration,
            CALL,
            at(n),
        )
    };
    let line = line(person(1), AuditAction::Invited, n);
    let identity = Identity {
        issuer: "https://id.example.org".into(),
        subject: looks.to_string(),
        name: None,
        email: None,
        email_verified: false,
    };
    let new_user = person(200 + u128::from(looks));
    let sign_in =
        SignIn { identity: &identity, new: new_user, promote: false, address: None, at: at(n) };
    let preset = QuotaPreset { id: PresetId(uuid(77)), label: "p".into(), tokens: 1 };
    let claim = Claim {
        invitation: invitation.id,
        user: person(100 + u128::from(looks)),
        new_guest: true,
        consent_version: "c1",
        audit: line,
    };
    give_up(store.start(&new), looks).await;
    give_up(store.invite(std::slice::from_ref(&invitation), line), looks).await;
    give_up(store.claim(claim), looks).await;
    give_up(store.revoke(invitation.id, line), looks).await;
    give_up(store.keep_scenario(&scenario, at(n)), looks).await;
    give_up(store.local_admin(person(1), None, at(n)), looks).await;
    give_up(store.end_logins(person(1), line), looks).await;
    let guest = person(100 + u128::from(looks));
    give_up(store.sign_in(sign_in), looks).await;
    give_up(store.link(guest, &identity, line), looks).await;
    give_up(store.move_guest(guest, person(1), line), looks).await;
    give_up(store.give_role(guest, UserRole::Staff, line), looks).await;
    give_up(store.disable(guest, true, line), looks).await;
    give_up(store.erase(guest, line), looks).await;
    give_up(store.save_preset(&preset, line), looks).await;
    give_up(store.remove_preset(preset.id, line), looks).await;
    give_up(store.note(line), looks).await;
    give_up(store.spend_once("n", at(n + 9), at(n)), looks).await;
    give_up(store.reserve(free), looks).await;
    give_up(store.settle(free.id, REPORTED, report("m"), None, at(n)), looks).await;
    give_up(store.accept(room.message(n)), looks).await;
    store.recover(RecoveryScope::Everything, &[], at(n + 1)).await.unwrap();
    let opened = room.open(n + 2).await;
    give_up(store.beat(&[room.heartbeat(&opened, Some("No"))], LEASE), looks).await;
    give_up(store.request_stop(room.id), looks).await;
    give_up(store.finish(room.answer(&opened, "No.", NextStep::Speak(TurnLane::Coach))), looks)
        .await;
    let next = room.kept(room.answer(&opened, "No.", NextStep::Speak(TurnLane::Coach))).await;
    give_up(store.finish(room.comment(&opened, next, "Ask.")), looks).await;
    room.kept(room.comment(&opened, next, "Ask.")).await;
    give_up(store.retry(room.another(n + 3, opened.reply, TURN)), looks).await;
    let seen = Seen::new(SeenHow::Shown, Some(50), None);
    give_up(store.note_seen(room.id, opened.reply, seen, at(n)), looks).await;
    give_up(store.seen(room.id), looks).await;
    give_up(store.recover(RecoveryScope::Everything, &[], at(n + 4)), looks).await;
    give_up(store.end(new.id, EndReason::Staff, at(n), None), looks).await;
    give_up(store.present(room.id), looks).await;
    give_up(store.heads(&[room.id, new.id]), looks).await;
    give_up(store.messages(room.id, None, 50), looks).await;
    give_up(store.messages_from(room.id, opened.message, opened.reply, 50), looks).await;
    give_up(store.message_details(room.id, None, 50), looks).await;
    give_up(store.conversations(ConversationFilter::User(person(1)), None, 50), looks).await;
    let all = InvitationFilter::all(at(n));
    give_up(store.invitations(&all, &InvitationOrder::Label(None), 50), looks).await;
    give_up(store.count_invitations(&all), looks).await;
    give_up(store.names(&[Subject::User(person(1))]), looks).await;
    give_up(store.invitations_of(person(1)), looks).await;
    give_up(store.entries(room.id), looks).await;
    give_up(store.entries_after(EntryId(0), 50), looks).await;
    give_up(store.balance(Payer::Invitation(room.invitation)), looks).await;
    give_up(store.users(&[person(1)]), looks).await;
    give_up(store.scenarios(), looks).await;
}

/// Runs in one thread and with one connection, so that facts are stored in their order in both databases.
mod a_write_is_stored_whole_whichever_caller_stops_waiting {
    use crate::folder::Place;

    #[tokio::test]
    async fn sqlite() {
        super::a_write_is_stored_whole_whichever_caller_stops_waiting(Place::file()).await;
    }

    #[tokio::test]
    async fn postgres() {
        let place = Place::server().await;
        super::a_write_is_stored_whole_whichever_caller_stops_waiting(place).await;
    }
}

async fn a_write_is_stored_whole_whichever_caller_stops_waiting(place: Place) {
    let mut options = Options::default();
    options.connections = 1;
    let store = place.fresh_with(options).await;
    let room = Room::new(&*store).await;
    for looks in 0..30 {
        give_up_everything(&*store, room, looks).await;
        store.recover(RecoveryScope::Everything, &[], at(100_000)).await.unwrap();
        room.balanced(&[]).await;
        let after = room.take_turn(u64::from(looks) * 10 + 9).await;
        let said = room.messages().await;
        let last: Vec<_> = said[said.len() - 3..].iter().map(|said| said.turn).collect();
        assert_eq!(last, [after.turn; 3], "after {looks} looks");
    }
    store.place.check().await;
}
