//! The names of the standard library's modules, by version of Python: data, so that nobody has to look what is installed.
//!
//! From `sys.stdlib_module_names` of CPython 3.10 to 3.14, which names the modules of all platforms. For 3.9, which does not
//! have it, from what the interpreter has, with those of other platforms that 3.10 has. Modules that test CPython are left
//! out, as they are there.

/// First and last minor version of Python 3, from 9 to 14, and names.
const STANDARD: [(u8, u8, &str); 10] = [
    (
        9,
        14,
        "__future__ _abc _aix_support _ast _asyncio _bisect _blake2 _bz2 _codecs _codecs_cn _codecs_hk _codecs_iso2022 \
         _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc _compat_pickle _contextvars _csv _ctypes \
         _curses _curses_panel _datetime _dbm _decimal _elementtree _frozen_importlib _frozen_importlib_external \
         _functools _gdbm _hashlib _heapq _imp _io _json _locale _lsprof _lzma _markupbase _md5 _multibytecodec \
         _multiprocessing _opcode _operator _osx_support _overlapped _pickle _posixshmem _posixsubprocess _py_abc \
         _pydecimal _pyio _queue _random _scproxy _sha1 _sha3 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat \
         _statistics _string _strptime _struct _symtable _thread _threading_local _tkinter _tracemalloc _uuid \
         _warnings _weakref _weakrefset _winapi _zoneinfo abc antigravity argparse array ast asyncio atexit base64 bdb \
         binascii bisect builtins bz2 cProfile calendar cmath cmd code codecs codeop collections colorsys compileall \
         concurrent configparser contextlib contextvars copy copyreg csv ctypes curses dataclasses datetime dbm \
         decimal difflib dis doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch \
         fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac \
         html http idlelib imaplib importlib inspect io ipaddress itertools json keyword linecache locale logging lzma \
         mailbox marshal math mimetypes mmap modulefinder msvcrt multiprocessing netrc nt ntpath nturl2path numbers \
         opcode operator optparse os pathlib pdb pickle pickletools pkgutil platform plistlib poplib posix posixpath \
         pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline \
         reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtplib \
         socket socketserver sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct \
         subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios textwrap this threading time \
         timeit tkinter token tokenize trace traceback tracemalloc tty turtle turtledemo types typing unicodedata \
         unittest urllib uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xml xmlrpc zipapp zipfile \
         zipimport zlib zoneinfo",
    ),
    (9, 9, "_bootlocale _peg_parser formatter parser symbol"),
    (9, 10, "binhex"),
    (
        9,
        11,
        "_bootsubprocess _sha256 _sha512 asynchat asyncore distutils imp smtpd",
    ),
    (
        9,
        12,
        "_crypt _msi aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes \
         sndhdr spwd sunau telnetlib uu xdrlib",
    ),
    (9, 13, "_compression"),
    (11, 14, "_tokenize _typing tomllib"),
    (12, 14, "_pydatetime _pylong _sha2"),
    (
        13,
        14,
        "_android_support _colorize _interpchannels _interpqueues _interpreters _ios_support _opcode_metadata _pyrepl \
         _suggestions _sysconfig _wmi",
    ),
    (
        14,
        14,
        "_apple_support _ast_unparse _hmac _py_warnings _remote_debugging _types _zstd annotationlib compression",
    ),
];

/// Compiled into the interpreter itself in every one of these versions, by `sys.builtin_module_names` of default builds.
const BUILTIN: &str = "_abc _ast _codecs _collections _functools _imp _io _locale _operator _signal _sre _stat _string _symtable \
    _thread _tracemalloc _warnings _weakref atexit builtins errno faulthandler gc itertools marshal posix pwd sys \
    time";

/// What the standard library says of a module at its top level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standard {
    pub(super) is_builtin: bool,
    pub(super) since: &'static str,
    pub(super) until: &'static str,
}

/// The module of the standard library of that name.
pub(super) fn standard(top_level: &str) -> Option<Standard> {
    let has = |names: &str| names.split(' ').any(|name| name == top_level);
    let (since, until, _) = STANDARD.iter().find(|(_, _, names)| has(names))?;
    Some(Standard {
        is_builtin: has(BUILTIN),
        since: version(*since),
        until: version(*until),
    })
}

fn version(minor: u8) -> &'static str {
    const VERSIONS: [&str; 6] = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];
    VERSIONS
        .get(usize::from(minor).saturating_sub(9))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_there_once_and_builtins_are_standard() {
        let mut all: Vec<&str> = STANDARD.iter().flat_map(|(_, _, names)| names.split(' ')).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|name| crate::file::is_identifier(name)), "{all:?}");
        assert!(BUILTIN.split(' ').all(|name| all.contains(&name)));
    }

    #[test]
    fn versions_are_those_of_the_release_notes() {
        let range = |name| standard(name).map(|s| (s.since, s.until));
        assert_eq!(range("os"), Some(("3.9", "3.14")));
        assert_eq!(range("tomllib"), Some(("3.11", "3.14")));
        assert_eq!(range("distutils"), Some(("3.9", "3.11")));
        assert_eq!(range("cgi"), Some(("3.9", "3.12")));
        assert_eq!(range("annotationlib"), Some(("3.14", "3.14")));
        assert_eq!(range("numpy"), None);
        assert!(standard("sys").is_some_and(|s| s.is_builtin));
    }
}
