//! Stand-ins that behave, and the exams that every port's answerer sits.

pub mod contract;
