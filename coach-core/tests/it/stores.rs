//! The memory stores, the clocks and the ids pass the contract tests of their ports.

use coach_core::{
    memory::{MemoryStore, Sums},
    ports::{
        AuditLog, ConversationStore as _, RandomIds, RecoveryScope, ScenarioStore, Stores,
        SystemClock,
    },
    testing::{
        Fault, FaultyStore, SerialIds, TokioClock,
        contract::{
            self,
            clock::{names_are_new_and_sort_by_age, time_is_in_this_century_and_moves_forward},
            fixture::{TestRoom, at},
        },
    },
};

async fn in_memory() -> Box<dyn Stores> {
    Box::new(MemoryStore::new())
}

coach_core::store_contract!(in_memory);

#[tokio::test]
async fn a_faulty_store_without_faults_passes_the_contract() {
    let faultless = || FaultyStore::new(MemoryStore::new(), |_| Fault::None);
    contract::stores(async || Box::new(faultless()) as Box<dyn Stores>).await;
}

#[tokio::test]
async fn parts_that_are_given_on_their_own_pass_their_contracts() {
    use contract::{audit, scenarios};
    scenarios::exam(async || Box::new(MemoryStore::new()) as Box<dyn ScenarioStore>).await;
    audit::exam(async || Box::new(MemoryStore::new()) as Box<dyn AuditLog>).await;
}

#[tokio::test]
async fn the_same_calls_make_the_same_rows() {
    let mut dumps = Vec::new();
    for _ in 0..2 {
        let store = MemoryStore::new();
        let room = TestRoom::new(&store).await;
        room.take_turn(1).await;
        room.open(2).await;
        let sums = Sums { used: 110, entries_total: 110, reserved: 140, open_reservations: 140 };
        assert_eq!(store.clone().sums(room.invitation), sums);
        store.recover(RecoveryScope::Everything, &[], at(9)).await.unwrap();
        dumps.push(store.dump());
    }
    assert_eq!(dumps[0], dumps[1]);
    assert_eq!(dumps[0].lines().filter(|row| row.starts_with("message ")).count(), 6);
}

#[tokio::test(start_paused = true)]
async fn clocks_and_id_generators_pass_the_contract() {
    time_is_in_this_century_and_moves_forward(&SystemClock);
    time_is_in_this_century_and_moves_forward(&TokioClock::default());
    names_are_new_and_sort_by_age(&RandomIds);
    names_are_new_and_sort_by_age(&SerialIds::default());
}
