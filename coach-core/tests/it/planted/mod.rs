//! The contract tests find what authors of adapters get wrong: each fault below is planted alone into an adapter that is
//! otherwise right, and the promise beside it must then fail.

mod fault;
mod models;
mod notes;
mod pages;
mod stores;
mod turns;

use std::panic::AssertUnwindSafe;

use coach_core::testing::contract::{self, chat_model};
use futures::FutureExt as _;

use fault::Fault;
use models::{ModelFault, PlantedModel};
use stores::Planted;

/// Each fault of a store, and the promise that it breaks.
const FAULTS: [(Fault, &str); 51] = [
    (Fault::TrimsMessages, "messages_are_kept_exactly"),
    (Fault::LosesAstralCharacters, "messages_are_kept_exactly"),
    (Fault::StripsTheByteOrderMark, "messages_are_kept_exactly"),
    (Fault::UnifiesLineEnds, "answers_are_kept_exactly"),
    (Fault::CutsAt65535Bytes, "answers_are_kept_exactly"),
    (Fault::CountsTheTextSoFarInCharacters, "texts_so_far_are_kept_exactly"),
    (Fault::IgnoresCaseInSlugs, "similar_slugs_stay_different"),
    (Fault::ForgetsTheFinishReason, "everything_about_a_message_is_read_back"),
    (Fault::ForgetsTheTiming, "everything_about_a_message_is_read_back"),
    (Fault::ForgetsTheFirstDelta, "everything_about_a_message_is_read_back"),
    (Fault::ForgetsWhatWasSeen, "everything_about_a_message_is_read_back"),
    (Fault::KeepsMilliseconds, "everything_about_a_message_is_read_back"),
    (Fault::ReadsAbsentAsEmpty, "every_end_of_an_answer_is_read_back"),
    (Fault::SeesShownForOpened, "the_most_of_what_was_on_screen_is_kept"),
    (Fault::ReadsAbsentCostAsZero, "a_lost_turn_is_closed_and_billed"),
    (Fault::ListsOldestFirst, "conversations_are_listed_newest_first"),
    (Fault::ReadsOneMore, "messages_are_read_in_stretches"),
    (Fault::BeforeIsInclusive, "messages_are_read_in_stretches"),
    (Fault::AfterIsInclusive, "details_are_read_in_pages"),
    (Fault::EntriesBeginAgain, "entries_are_read_after_an_id"),
    (Fault::OrdersBeginAgain, "every_order_continues_across_pages"),
    (Fault::EndsRangesTooEarly, "messages_are_read_in_stretches"),
    (Fault::SearchesByCase, "a_search_matches_its_text_literally"),
    (Fault::SearchesWithWildcards, "a_search_matches_its_text_literally"),
    (Fault::RenewsForAnotherFence, "beats_have_an_outcome_each"),
    (Fault::FinishesForAnotherFence, "an_old_fence_writes_nothing"),
    (Fault::NeverRenews, "a_valid_lease_is_left_alone"),
    (Fault::AsksTheCallersClock, "a_skewed_clock_takes_no_living_turn"),
    (Fault::RecoversWhatRuns, "a_running_attempt_is_left_alone"),
    (Fault::ForgetsClientIds, "a_known_client_id_is_acknowledged_again"),
    (Fault::RemembersTheStop, "a_beat_brings_the_stop_flag"),
    (Fault::EndsTwice, "a_conversation_ends_once"),
    (Fault::SettlesTwice, "a_reservation_is_settled_once"),
    (Fault::ClaimsTwice, "claiming_is_idempotent"),
    (Fault::ChecksThenClaims, "of_fifty_claims_one_wins"),
    (Fault::InvitesOneByOne, "invitations_are_kept_all_or_none"),
    (Fault::DropsTheAuditEntry, "changes_to_invitations_leave_audit_entries"),
    (Fault::ForgetsTheSubject, "every_field_of_an_audit_entry_is_read_back"),
    (Fault::MapsAddresses, "every_field_of_an_audit_entry_is_read_back"),
    (Fault::RepeatsTheAuditEntry, "inviting_twice_is_inviting_once"),
    (Fault::SpendsANonceTwice, "a_nonce_is_spent_once"),
    (Fault::CachesErasedText, "details_are_read_in_pages"),
    (Fault::SavesHalfOfADroppedCall, "a_dropped_batch_of_invitations_is_made_whole"),
    (Fault::StaysLockedByADroppedCall, "a_dropped_message_is_made_whole"),
    (Fault::ForgetsClientIdsOfNotes, "writing_a_note_twice_is_writing_it_once"),
    (Fault::SavesOverAnotherChange, "of_two_changes_of_a_note_one_wins"),
    (Fault::KeepsOneOldVersion, "the_history_of_a_note_is_kept"),
    (Fault::KeepsErasedNotes, "erasing_a_participant_empties_the_notes_on_them"),
    (Fault::MarksAllNotesRead, "notes_are_unread_until_they_are_read"),
    (Fault::EndsRunningLooks, "a_lost_look_ends_at_its_last_sign_of_life"),
    (Fault::NotesEveryRead, "reads_in_ten_minutes_are_one_entry"),
];

/// Each fault of a model, and the promise that it breaks.
const MODEL_FAULTS: [(ModelFault, &str); 12] = [
    (ModelFault::AsksAtOnce, "nothing_is_requested_before_the_first_poll"),
    (ModelFault::ReadsInATask, "nothing_runs_on_after_the_drop"),
    (ModelFault::KeepsTheCallOpen, "dropping_the_stream_ends_the_call"),
    (ModelFault::KeepsWhatWasDropped, "a_call_after_a_dropped_one_is_answered"),
    (ModelFault::SharesABuffer, "calls_at_the_same_time_do_not_mix"),
    (ModelFault::CutsCharacters, "text_arrives_whole_and_unchanged"),
    (ModelFault::TrimsPieces, "text_arrives_whole_and_unchanged"),
    (ModelFault::LosesTheLastPiece, "text_arrives_whole_and_unchanged"),
    (ModelFault::SpeaksBeforeAccepted, "an_answer_comes_in_order_and_ends_once"),
    (ModelFault::SendsEmptyPieces, "an_answer_comes_in_order_and_ends_once"),
    (ModelFault::EndsTwice, "an_answer_comes_in_order_and_ends_once"),
    (ModelFault::GoesOnAfterAnError, "a_failure_comes_once_and_last"),
];

#[tokio::test]
async fn an_adapter_without_a_fault_passes() {
    contract::stores(async || Box::new(Planted::with(None)) as Box<dyn coach_core::ports::Stores>)
        .await;
}

#[tokio::test]
async fn every_fault_of_a_store_is_found() {
    let mut missed = Vec::new();
    for (fault, promise) in FAULTS {
        let store = Planted::with(Some(fault));
        let checked = AssertUnwindSafe(contract::check(promise, &store)).catch_unwind().await;
        if checked.is_ok() {
            missed.push((fault, promise));
        }
    }
    assert_eq!(missed, [], "{} of {} faults were missed", missed.len(), FAULTS.len());
}

#[tokio::test]
async fn a_model_without_a_fault_passes() {
    chat_model::exam(async || PlantedModel::with(None)).await;
}

/// Time is paused, because a model that never ends a call is waited for.
#[tokio::test(start_paused = true)]
async fn every_fault_of_a_model_is_found() {
    let mut missed = Vec::new();
    for (fault, promise) in MODEL_FAULTS {
        let model = PlantedModel::with(Some(fault));
        let checked = AssertUnwindSafe(chat_model::check(promise, &model)).catch_unwind().await;
        if checked.is_ok() {
            missed.push((fault, promise));
        }
    }
    assert_eq!(missed, [], "{} of {} faults were missed", missed.len(), MODEL_FAULTS.len());
}
