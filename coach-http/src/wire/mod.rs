//! The JSON shapes of answers, one file for each noun, converted from the core's values.

pub(crate) mod admin;
pub(crate) mod bounds;
pub(crate) mod conversation;
pub(crate) mod desk;
pub(crate) mod frames;
pub(crate) mod invitation;
pub(crate) mod note;
pub(crate) mod people;
pub(crate) mod personal_data;
pub(crate) mod scenario;
pub(crate) mod sent;
