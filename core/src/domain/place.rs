//! Place verdicts.
