//! The stores in memory sit the exam of the store ports.

use coach_core::{memory::MemoryStore, ports::Stores};

async fn in_memory() -> Box<dyn Stores> {
    Box::new(MemoryStore::new())
}

coach_core::store_contract!(in_memory);
