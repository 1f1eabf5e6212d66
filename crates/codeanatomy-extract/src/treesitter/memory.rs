//! Counts what tree-sitter allocates, since its steps do not tell: some texts that are not of the language make it
//! allocate gigabytes in few steps. The count depends on the text alone, unlike time.
//!
//! This is the only unsafe code of this crate: the functions that tree-sitter calls for memory are those of C, which it calls anyway,
//! with a counter before them. Memory from before and after they are set may be freed by either.
#![allow(unsafe_code, reason = "tree-sitter takes its allocator as C functions")]

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::Once;

thread_local! {
    static ALLOCATED: Cell<u64> = const { Cell::new(0) };
}

/// The bytes that tree-sitter has asked for on this thread.
pub(super) fn allocated() -> u64 {
    ALLOCATED.get()
}

/// Makes tree-sitter count. To be called before anything else of it is.
pub(super) fn count() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let allocator = tree_sitter::Allocator {
            malloc,
            calloc,
            realloc,
            free: libc::free,
        };
        // SAFETY: all four are of one family, C's; none returns null for a size above 0; they align as C's do. Other
        // users of tree-sitter in this process have memory of the same family, whichever functions they see.
        unsafe { tree_sitter::set_allocator(Some(allocator)) }
    });
}

fn add(bytes: usize) {
    ALLOCATED.set(ALLOCATED.get().wrapping_add(bytes as u64));
}

/// The memory, or the end of the process: tree-sitter cannot go on without.
fn some(memory: *mut c_void, bytes: usize) -> *mut c_void {
    if memory.is_null() && bytes > 0 {
        std::process::abort();
    }
    memory
}

unsafe extern "C" fn malloc(bytes: usize) -> *mut c_void {
    add(bytes);
    // SAFETY: any size may be asked for.
    some(unsafe { libc::malloc(bytes) }, bytes)
}

unsafe extern "C" fn calloc(count: usize, bytes: usize) -> *mut c_void {
    let all = count.saturating_mul(bytes);
    add(all);
    // SAFETY: any size may be asked for.
    some(unsafe { libc::calloc(count, bytes) }, all)
}

unsafe extern "C" fn realloc(memory: *mut c_void, bytes: usize) -> *mut c_void {
    add(bytes);
    // SAFETY: tree-sitter hands over memory that it has from this family.
    some(unsafe { libc::realloc(memory, bytes) }, bytes)
}
