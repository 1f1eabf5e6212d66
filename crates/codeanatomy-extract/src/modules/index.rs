//! The modules of a source, by their paths and names.

use codeanatomy_model::Language;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::file::{Entry, is_identifier};

/// A module of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ModuleId(u32);

impl ModuleId {
    pub(super) fn position(self) -> usize {
        self.0 as usize
    }
}

/// A module.
#[derive(Debug)]
pub(super) struct Module {
    /// The file, or the folder of a namespace package.
    pub(super) entry: Entry,
    /// The folder that its name counts from. None without a name, or if the source is inside of a package.
    pub(super) root: Option<String>,
    pub(super) is_namespace: bool,
    /// Whether it has a row. Folders that are namespace packages only as seen from further up have none.
    pub(super) is_listed: bool,
}

/// The modules in the order of the bytes of their paths, and the roots below which each name is.
#[derive(Debug)]
pub(super) struct Index {
    modules: Vec<Module>,
    /// Folders, those first that a module's own name counts from.
    by_name: FxHashMap<String, Vec<Root>>,
    /// The names of the packages that folders are.
    packages: FxHashMap<String, String>,
    /// First parts of all own names.
    tops: FxHashSet<String>,
    bytes: usize,
}

/// A folder that a name counts from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Root {
    /// Whether the name is not the module's name in `files`.
    pub(super) is_other: bool,
    pub(super) folder: String,
    /// The number of packages that the source stands in: parts of the name that no path spells.
    pub(super) around: usize,
}

impl Root {
    /// The path that a name spells, without the end of the file's name.
    pub(super) fn spell(&self, name: &str) -> String {
        let mut rest = Some(name);
        for _ in 0..self.around {
            rest = rest.and_then(|name| name.split_once('.')).map(|(_, rest)| rest);
        }
        rest.map_or_else(|| self.folder.clone(), |name| spell(&self.folder, name))
    }
}

impl Index {
    pub(super) fn new(entries: &[Entry]) -> Self {
        let of_python = |e: &&Entry| e.language == Language::Python;
        let mut modules: Vec<Module> = entries.iter().filter(of_python).map(Module::of_file).collect();
        let packages: FxHashMap<String, String> = modules
            .iter()
            .filter(|m| m.entry.is_package)
            .filter_map(|m| Some((folder(&m.entry.path).to_owned(), m.entry.module.clone()?)))
            .collect();
        let mut names: FxHashMap<String, Vec<Root>> = FxHashMap::default();
        let mut seen = FxHashSet::default();
        let mut namespaces: Vec<Module> = Vec::new();
        for module in &modules {
            let spelled = spelled(&module.entry);
            let own = module.entry.module.as_deref().and_then(|name| own_root(spelled, name));
            let is_around = own.as_ref().is_some_and(|root| root.around > 0);
            let others = other_roots(spelled).filter(|_| !is_around);
            for root in own.into_iter().chain(others) {
                let name = match &module.entry.module {
                    Some(name) if !root.is_other => Some(name.clone()),
                    _ => name_below(spelled, &root.folder),
                };
                let Some(name) = name else { continue };
                if is_around {
                    add(&mut names, name, root);
                    continue;
                }
                add_folders(&root, &name, &packages, &mut seen, &mut namespaces, &mut names);
                add(&mut names, name, root);
            }
        }
        let mut tops = FxHashSet::default();
        for module in &modules {
            let name = module.entry.module.as_deref().unwrap_or_default();
            tops.insert(name.split('.').next().unwrap_or_default().to_owned());
        }
        modules.append(&mut namespaces);
        modules.sort_by(|a, b| (&a.entry.path, !a.is_listed).cmp(&(&b.entry.path, !b.is_listed)));
        modules.dedup_by(|later, first| later.entry.path == first.entry.path);
        let text = |m: &Module| m.entry.path.len() + m.entry.module.as_ref().map_or(0, String::len);
        let bytes = modules.iter().map(|m| size_of::<Module>() + 3 * text(m) + 64).sum();
        Self {
            modules,
            by_name: names,
            packages,
            tops,
            bytes,
        }
    }

    pub(super) fn modules(&self) -> &[Module] {
        &self.modules
    }

    pub(super) fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.position()]
    }

    /// The module at a path.
    pub(super) fn at(&self, path: &str) -> Option<ModuleId> {
        let found = self.modules.binary_search_by(|m| m.entry.path.as_str().cmp(path));
        found.ok().map(|i| ModuleId(i as u32))
    }

    /// The module at a path and the end of a file's name.
    pub(super) fn at_end(&self, base: &str, end: &str) -> Option<ModuleId> {
        match base {
            "" => self.at(end.trim_start_matches('/')),
            base => self.at(&format!("{base}{end}")),
        }
    }

    /// The folders below which a name spells a module.
    pub(super) fn roots(&self, name: &str) -> &[Root] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether the source is the package of that name, or inside of it.
    pub(super) fn is_inside(&self, top: &str) -> bool {
        self.tops.contains(top)
    }

    /// Whether a folder is a package with an `__init__`.
    pub(super) fn is_package(&self, folder: &str) -> bool {
        self.packages.contains_key(folder)
    }

    /// The name of the package that a file belongs to, as CPython's `__package__`: empty at the top. None if the folder has
    /// no name.
    pub(super) fn package_of<'i>(&'i self, entry: &'i Entry) -> Option<&'i str> {
        match &entry.module {
            Some(module) if entry.is_package => Some(module),
            Some(module) => Some(module.rsplit_once('.').map_or("", |(package, _)| package)),
            None => self.packages.get(folder(&entry.path)).map(String::as_str),
        }
    }

    /// The number of modules with a row that have a name.
    pub(super) fn count_of(&self, name: &str) -> usize {
        let own = self.roots(name).iter().filter(|root| !root.is_other);
        let at = |root: &Root| self.all_at(&root.spell(name)).len();
        own.map(at).sum::<usize>().max(1)
    }

    fn all_at(&self, base: &str) -> Vec<ModuleId> {
        let ends = [
            "/__init__.py",
            "/__init__.pyw",
            "/__init__.pyi",
            ".py",
            ".pyw",
            ".pyi",
            "",
        ];
        ends.iter().filter_map(|end| self.at_end(base, end)).collect()
    }

    pub(super) fn memory_size(&self) -> usize {
        self.bytes
    }
}

impl Module {
    fn of_file(entry: &Entry) -> Self {
        let spelled = spelled(entry);
        let root = entry.module.as_deref().and_then(|name| own_root(spelled, name));
        Self {
            entry: entry.clone(),
            root: root.filter(|root| root.around == 0).map(|root| root.folder),
            is_namespace: false,
            is_listed: true,
        }
    }

    pub(super) fn is_stub(&self) -> bool {
        self.entry.path.ends_with(".pyi")
    }
}

/// The path that a name spells below a folder.
pub(super) fn spell(root: &str, name: &str) -> String {
    let mut path = String::with_capacity(root.len() + name.len() + 1);
    path.push_str(root);
    for part in name.split('.') {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(part);
    }
    path
}

/// The folder of a path.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The path without the end of the file's name; of a package, its folder.
fn spelled(entry: &Entry) -> &str {
    match entry.is_package {
        true => folder(&entry.path),
        false => entry
            .path
            .rsplit_once('.')
            .map_or(entry.path.as_str(), |(stem, _)| stem),
    }
}

/// The folder below which a path spells its own name.
fn own_root(spelled: &str, name: &str) -> Option<Root> {
    let mut path = Some(spelled).filter(|path| !path.is_empty());
    let mut around = 0;
    for part in name.rsplit('.') {
        let Some(rest) = path else {
            around += 1;
            continue;
        };
        let (before, last) = match rest.rsplit_once('/') {
            Some((before, last)) => (Some(before), last),
            None => (None, rest),
        };
        if last != part {
            return None;
        }
        path = before;
    }
    Some(Root {
        is_other: false,
        folder: path.unwrap_or_default().to_owned(),
        around,
    })
}

/// The name that a path spells below a root.
fn name_below(spelled: &str, root: &str) -> Option<String> {
    let rest = match root {
        "" => spelled,
        root => spelled.strip_prefix(root)?.strip_prefix('/')?,
    };
    let is_named = !rest.is_empty() && rest.split('/').all(is_identifier);
    is_named.then(|| rest.replace('/', "."))
}

/// The source, and the outermost and the innermost folder `src` on a path.
fn other_roots(spelled: &str) -> impl Iterator<Item = Root> + use<> {
    let folder = folder(spelled);
    let outermost = match folder.strip_prefix("src") {
        Some("") => Some(folder),
        Some(rest) if rest.starts_with('/') => Some("src"),
        _ => folder
            .find("/src/")
            .map(|at| &folder[..at + 4])
            .or_else(|| folder.ends_with("/src").then_some(folder)),
    };
    let innermost = match folder.ends_with("/src") {
        true => Some(folder),
        false => folder.rfind("/src/").map(|at| &folder[..at + 4]).or(outermost),
    };
    [innermost, outermost.filter(|o| Some(*o) != innermost), Some("")]
        .into_iter()
        .flatten()
        .map(|folder| Root {
            is_other: true,
            folder: folder.to_owned(),
            around: 0,
        })
        .collect::<Vec<_>>()
        .into_iter()
}

fn add(names: &mut FxHashMap<String, Vec<Root>>, name: String, root: Root) {
    let roots = names.entry(name).or_default();
    // Own names come before others of the same folder; a root that is there already stays as it is.
    if let Some(there) = roots.iter_mut().find(|r| r.folder == root.folder) {
        there.is_other &= root.is_other;
    } else if roots.len() < MAX_ROOTS {
        roots.push(root);
    }
}

/// More roots of one name are not told apart, so that a name that is everywhere costs no more than others.
const MAX_ROOTS: usize = 64;

/// Adds the folders between a root and the module of a name that are no packages.
fn add_folders(
    root: &Root,
    name: &str,
    packages: &FxHashMap<String, String>,
    seen: &mut FxHashSet<(String, bool)>,
    namespaces: &mut Vec<Module>,
    names: &mut FxHashMap<String, Vec<Root>>,
) {
    let mut name = name;
    while let Some((package, _)) = name.rsplit_once('.') {
        name = package;
        let path = root.spell(package);
        if packages.contains_key(&path) {
            continue;
        }
        // The folders above were added with it.
        if !seen.insert((path.clone(), root.is_other)) {
            return;
        }
        add(names, package.to_owned(), root.clone());
        namespaces.push(Module {
            entry: Entry {
                path,
                language: Language::Python,
                size: 0,
                module: Some(package.to_owned()),
                is_package: true,
            },
            root: Some(root.folder.clone()),
            is_namespace: true,
            is_listed: !root.is_other,
        });
    }
}
