//! Contract tests of `PresetStore` and of allowances.

use uuid::Uuid;

use super::fixture::{CALL, START, a_conversation, line, person, report};
use crate::{
    ids::{PresetId, ReservationId},
    invitation::QuotaPreset,
    model::StandaloneLane,
    people::audit::{AuditAction, Change, Subject},
    ports::{StandaloneCall, Stores},
    turn::{
        Funds,
        ledger::{Balance, Payer, Settlement, Usage},
    },
};

/// A store starts with an allowance of zero and a few presets; all can be changed, and all but the allowance
/// removed.
pub async fn presets_are_saved_and_removed(store: &dyn Stores) {
    let by = line(person(9), AuditAction::PresetSaved(Change::default()), 1);
    let shipped = store.presets().await.unwrap();
    assert!(shipped.len() > 1);
    assert_eq!((shipped[0].id, shipped[0].tokens), (QuotaPreset::ALLOWANCE, 0));
    let new = QuotaPreset { id: PresetId(Uuid::from_u128(99)), label: "Tiny".into(), tokens: 10 };
    store.save_preset(&new, by).await.unwrap();
    assert_eq!(store.presets().await.unwrap()[1], new, "the allowance first, then by tokens");
    let more = QuotaPreset { tokens: 12, ..new.clone() };
    store.save_preset(&more, by).await.unwrap();
    assert_eq!(store.presets().await.unwrap()[1], more);
    let gone = line(person(9), AuditAction::PresetRemoved, 2);
    assert!(store.remove_preset(new.id, gone).await.unwrap());
    assert!(!store.remove_preset(new.id, gone).await.unwrap());
    assert!(!store.remove_preset(QuotaPreset::ALLOWANCE, gone).await.unwrap());
    assert_eq!(store.presets().await.unwrap(), shipped);
    let lines = store.audit(None, None, 10).await.unwrap();
    let actions: Vec<_> = lines.iter().map(|(_, line)| line.action).collect();
    let kept =
        |before| AuditAction::PresetSaved(Change::of_tokens(before, before.map_or(10, |_| 12)));
    assert_eq!(actions, [AuditAction::PresetRemoved, kept(Some(10)), kept(None)]);
    assert!(lines.iter().all(|(_, line)| line.subject == Some(Subject::Preset(new.id))));
}

/// Saving a preset again as it is changes nothing and adds no audit entry.
pub async fn keeping_a_preset_twice_is_keeping_it_once(store: &dyn Stores) {
    let by = line(person(9), AuditAction::PresetSaved(Change::default()), 1);
    let new = QuotaPreset { id: PresetId(Uuid::from_u128(99)), label: "Tiny".into(), tokens: 10 };
    store.save_preset(&new, by).await.unwrap();
    let before = (store.presets().await.unwrap(), store.audit(None, None, 10).await.unwrap());
    store.save_preset(&new, by).await.unwrap();
    let after = (store.presets().await.unwrap(), store.audit(None, None, 10).await.unwrap());
    assert_eq!(after, before);
    assert_eq!(after.1.len(), 1);
    let other = QuotaPreset { label: "Small".into(), ..new };
    store.save_preset(&other, by).await.unwrap();
    assert_eq!(store.audit(None, None, 10).await.unwrap().len(), 2, "another label is a change");
}

/// A user without an invitation spends their allowance, whose quota is the preset's current number.
pub async fn an_allowance_has_the_tokens_of_its_preset(store: &dyn Stores) {
    let payer = Payer::Allowance(person(1));
    let none = Balance { quota: 0, used: 0, reserved: 0 };
    assert_eq!(store.balance(payer).await.unwrap(), Some(none));
    let mut talk = a_conversation(1, None);
    talk.allowance = true;
    store.start(&talk).await.unwrap();
    let call = |number: u128| StandaloneCall {
        conversation: Some(talk.id),
        ..StandaloneCall::new(
            ReservationId(Uuid::from_u128(number)),
            payer,
            StandaloneLane::Judge,
            CALL,
            START,
        )
    };
    assert!(store.reserve(call(1)).await.unwrap().is_some(), "an allowance of zero allows no call");
    let two = CALL.total() * 2;
    let allowance =
        QuotaPreset { id: QuotaPreset::ALLOWANCE, label: "Allowance".into(), tokens: two };
    store
        .save_preset(&allowance, line(person(9), AuditAction::PresetSaved(Change::default()), 1))
        .await
        .unwrap();
    assert!(store.reserve(call(2)).await.unwrap().is_none());
    assert!(store.reserve(call(3)).await.unwrap().is_none());
    assert!(store.reserve(call(4)).await.unwrap().is_some());
    let used = Settlement::Reported(Usage { input: 30, output: 10, ..Usage::default() });
    store.settle(call(2).id, used, report("m"), None, START).await.unwrap();
    let balance = store.balance(payer).await.unwrap().unwrap();
    assert_eq!(balance, Balance { quota: two, used: 40, reserved: CALL.total() });
    let present = store.present(talk.id).await.unwrap().unwrap();
    let funds = Funds { balance, ceiling: None };
    assert_eq!((present.funds, present.conversation.allowance), (Some(funds), true));
    let other = store.balance(Payer::Allowance(person(2))).await.unwrap().unwrap();
    assert_eq!(other.used, 0, "every user has their own");
}
