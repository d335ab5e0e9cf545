//! Both databases pass the contract tests of the store ports.

mod sqlite {
    use crate::folder::fresh;

    coach_core::store_contract!(fresh);
}

mod postgres {
    use crate::folder::fresh_on_server;

    coach_core::store_contract!(fresh_on_server);
}
