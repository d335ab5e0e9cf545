//! Two-voice conversation practice: a partner to talk with, a coach who listens in.
