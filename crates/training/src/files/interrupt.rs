//! Ctrl-C, and what the system sends to end a program: the run stops after the step under way, and keeps what it has.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the run was asked to stop. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// One that only [`request`](Self::request) sets.
    pub fn new() -> Self {
        Interrupt::default()
    }

    /// One that Ctrl-C sets, as well as the signals to end or hang up. Where a handler is installed already, or none can
    /// be, Ctrl-C ends the program as it always does.
    pub fn on_ctrl_c() -> Self {
        let interrupt = Interrupt::new();
        let handler = interrupt.clone();
        // A second time means it: do not wait for the step.
        let _ = ctrlc::set_handler(move || {
            if handler.is_requested() {
                std::process::exit(130);
            }
            handler.request();
        });
        interrupt
    }

    /// Asks the run to stop.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
