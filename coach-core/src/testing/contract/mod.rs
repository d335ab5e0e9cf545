//! One async test function for each promise of a port. Each function's comment is the promise it checks.
//!
//! Run them against a store with [`store_contract!`](crate::store_contract), which generates one test per
//! promise, or with [`stores`], which runs all of them at once; against a model with
//! [`chat_model_contract!`](crate::chat_model_contract); against a broadcaster with the functions of [`broadcaster`].
//! Scenarios and the audit log, which a host may be given on their own, have [`scenarios::exam`] and [`audit::exam`].

#![expect(clippy::unwrap_used, reason = "a contract test fails by panicking")]

use std::ops::Deref;

use crate::ports::Stores;

pub mod admissions;
pub mod audit;
pub mod broadcaster;
pub mod cancellation;
pub mod ceilings;
pub mod chat_model;
pub mod clock;
pub mod conversations;
pub mod details;
pub mod entries;
pub mod fixture;
pub mod invitation_lists;
pub mod invitations;
pub mod ledger;
pub mod looks;
pub mod notes;
pub mod presets;
pub mod recovery;
pub mod scenarios;
pub mod texts;
pub mod turns;
pub mod users;

macro_rules! promises {
    ($dollar:tt $($module:ident { $($promise:ident)* })*) => {
        /// Checks every promise of the store ports; `make` returns a new, empty store each time.
        pub async fn stores<S: Deref<Target = dyn Stores>>(make: impl AsyncFn() -> S) {
            $($($module::$promise(&*make().await).await;)*)*
        }

        /// Checks one promise of the store ports, by its name, against a new, empty store.
        ///
        /// # Panics
        /// If the store does not keep it, or if no promise has this name.
        pub async fn check(promise: &str, store: &dyn Stores) {
            match promise {
                $($(stringify!($promise) => $module::$promise(store).await,)*)*
                _ => panic!("no promise has the name {promise}"),
            }
        }

        /// Generates one `#[tokio::test]` for each promise of the store ports.
        ///
        /// Takes the path of an async function that returns a new, empty store: anything that derefs to `dyn
        /// Stores`, so that its resources (a folder, a server) live as long as the test.
        #[macro_export]
        macro_rules! store_contract {
            ($dollar make:path) => {
                $($(
                    #[tokio::test]
                    async fn $promise() {
                        let store = $dollar make().await;
                        $dollar crate::testing::contract::$module::$promise(&*store).await;
                    }
                )*)*
            };
        }
    };
}

promises! { $
    conversations {
        a_conversation_comes_back_as_it_was_started
        an_opening_is_a_message_of_turn_0
        an_invitation_must_exist_to_pay
        conversations_are_listed_newest_first
        the_newest_ends_come_first
        messages_are_read_in_stretches
        a_conversation_ends_once
        heads_are_the_newest_facts
        the_most_of_what_was_on_screen_is_kept
    }
    details {
        everything_about_a_message_is_read_back
        every_end_of_an_answer_is_read_back
        details_are_read_in_pages
    }
    texts {
        messages_are_kept_exactly
        answers_are_kept_exactly
        texts_so_far_are_kept_exactly
        scripts_are_kept_exactly
        invitations_and_names_are_kept_exactly
        similar_texts_stay_different
    }
    cancellation {
        a_dropped_start_is_made_whole
        a_dropped_message_is_made_whole
        a_dropped_answer_is_made_whole
        a_dropped_retry_is_made_whole
        a_dropped_end_is_made_whole
        a_dropped_batch_of_invitations_is_made_whole
        a_dropped_claim_is_made_whole
        a_dropped_settlement_is_made_whole
        a_dropped_sign_in_is_made_whole
        a_dropped_move_is_made_whole
        a_dropped_erasure_is_made_whole
    }
    audit {
        every_field_of_an_audit_entry_is_read_back
        the_audit_log_is_read_in_pages
    }
    admissions {
        a_message_its_tokens_and_its_first_answer_appear_together
        a_known_client_id_is_acknowledged_again
        parallel_sends_of_one_client_id_make_one_turn
        refusals_come_in_order
        an_expired_invitation_admits_nothing
        the_rate_counts_the_last_minute
        of_two_messages_at_once_one_wins
        asides_and_turns_wait_for_each_other
        a_partner_that_does_not_fit_is_refused
        a_coach_after_that_does_not_fit_is_left_out
        a_coach_before_that_does_not_fit_is_left_out
        a_coach_before_the_partner_speaks_first
        the_same_turn_again_gives_the_same_answer
        message_ids_grow
        without_an_invitation_nothing_is_limited
        an_unknown_conversation_admits_nothing
    }
    turns {
        an_answer_its_charge_and_the_next_appear_together
        finishing_is_idempotent
        skipping_is_idempotent
        an_old_fence_writes_nothing
        a_beat_keeps_the_text_so_far
        a_beat_brings_the_stop_flag
        a_beat_renews_the_lease_if_it_asks
        beats_have_an_outcome_each
        calls_never_begun_are_voided_at_closing
        usage_beyond_its_reservation_is_booked_in_full
        a_closing_turn_may_end_the_conversation
        a_retry_replaces_and_opens_again
        a_comment_alone_can_be_retried
        the_same_attempt_again_gives_the_same_answer
        a_stale_retry_is_no_such_turn
        a_retry_that_does_not_fit_is_refused
        asides_never_replace_messages_of_turns
        an_answer_without_a_reservation_does_not_begin
    }
    recovery {
        a_lost_turn_is_closed_and_billed
        a_planned_reason_survives_the_owner
        a_left_out_comment_says_quota_after_recovery
        a_lost_comment_is_interrupted
        recovery_skips_only_what_was_still_to_come
        a_valid_lease_is_left_alone
        a_skewed_clock_takes_no_living_turn
        an_expired_lease_is_renewed_by_its_owner
        a_running_attempt_is_left_alone
    }
    ceilings {
        a_closed_turn_lowers_the_ceiling
        a_reservation_elsewhere_lowers_no_ceiling
        more_tokens_empty_the_ceilings
        a_recovered_turn_lowers_the_ceiling
        a_raised_allowance_empties_the_ceilings
    }
    ledger {
        sums_are_equal_at_every_step
        a_reservation_is_settled_once
        a_reservation_is_raised_only_if_the_tokens_are_there
        a_raise_counts_for_the_day_of_its_reservation
        an_abandoned_reservation_is_charged
        a_call_that_does_not_fit_reserves_nothing
        a_quota_for_fourteen_turns_admits_fourteen
        the_daily_limit_is_shared_by_all_users
        a_call_counts_for_the_day_of_its_reservation
        enormous_reservations_are_refused
    }
    entries {
        every_field_of_an_entry_is_read_back
        every_outcome_is_read_back
        the_entries_of_a_fact_are_returned_with_it
        a_lost_standalone_call_is_recovered
        entries_are_read_after_an_id
    }
    invitations {
        an_invitation_comes_back_as_it_was_kept
        invitations_are_kept_all_or_none
        inviting_twice_is_inviting_once
        of_fifty_claims_one_wins
        claiming_is_idempotent
        dead_invitations_cannot_be_claimed
        a_user_may_claim_several_invitations
        the_first_revocation_counts
        an_invitation_can_be_extended
        what_participants_read_can_be_changed
        a_fresh_link_is_created_once_per_version
        a_fresh_link_is_opened_once
        a_fresh_link_never_signs_in_a_user_who_has_a_sign_in
        changes_to_invitations_leave_audit_entries
    }
    invitation_lists {
        a_list_shows_what_its_filter_says
        a_search_matches_its_text_literally
        a_changed_label_is_found
        every_order_continues_across_pages
        rows_added_between_pages_repeat_and_hide_nothing
        everything_is_counted
    }
    users {
        there_is_one_local_admin
        ending_logins_raises_the_epoch
        a_nonce_is_spent_once
        an_identity_is_issuer_and_subject
        one_identity_makes_one_user
        signing_in_promotes_and_never_enables
        a_guest_who_links_an_identity_keeps_everything
        a_guest_moves_once_and_entirely
        the_last_administrator_stays
        changing_a_user_twice_is_changing_once
        identities_stay_in_the_order_they_were_linked
        users_are_found_by_name_and_address
        erasing_leaves_no_text
        an_erased_conversation_keeps_its_end_time
        an_allowance_is_spent_once
        subjects_of_the_log_are_named
    }
    presets {
        presets_are_saved_and_removed
        keeping_a_preset_twice_is_keeping_it_once
        an_allowance_has_the_tokens_of_its_preset
    }
    looks {
        a_look_begins_and_ends_once
        a_lost_look_ends_at_its_last_sign_of_life
        reads_in_ten_minutes_are_one_entry
    }
    notes {
        a_note_comes_back_as_it_was_written
        writing_a_note_twice_is_writing_it_once
        a_note_is_about_what_exists
        the_history_of_a_note_is_kept
        of_two_changes_of_a_note_one_wins
        notes_are_listed_newest_first
        notes_are_unread_until_they_are_read
        tags_are_saved_by_version
        erasing_a_participant_empties_the_notes_on_them
        a_note_is_written_after_the_end
    }
    scenarios {
        the_newest_version_of_each_is_listed
        the_same_source_makes_no_new_version
        scenarios_are_kept_exactly
        similar_slugs_stay_different
    }
}
