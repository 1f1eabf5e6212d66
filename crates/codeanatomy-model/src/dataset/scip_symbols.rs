//! The contract of `scip_symbols`.

use crate::contract::dataset;

dataset! {
    /// Every symbol that a SCIP index describes. Two documents may describe the same.
    ScipSymbolRow = "scip_symbols", Scip;
    inputs SCIP;
    key [path, index_path, document_ordinal, seq]; order [path, index_path, document_ordinal, seq];
    id scip_symbol_id = "scip" (symbol);
    {
        /// The file, see `scip_documents`; for external symbols the index itself.
        path: Text,
        /// The index.
        index_path: Text,
        /// The document, see `scip_documents`; external symbols stand behind the documents of the same path.
        document_ordinal: Int,
        /// The number in the document, or among the external symbols, from 0. Numbers of symbols that cannot be read are
        /// left out.
        seq: Int,
        /// The symbol, as the index writes it.
        symbol: Text,
        /// The id: the symbol and, only for a local one, the path of the index and that of the document before it.
        scip_symbol_id: Text,
        /// Whether the symbol is one of another index.
        is_external: Bool,
        /// Whether it is known in its document only.
        is_local: Bool,
        /// The scheme. Null, as everything up to `parent_symbol`, if the symbol is not written by the protocol's grammar.
        scheme: OptText,
        /// The package manager. Null, as `package` and `version`, also where the symbol leaves it empty.
        manager: OptText,
        /// The package.
        package: OptText,
        /// The version of the package.
        version: OptText,
        /// What is behind the package, as written: a descriptor for each thing that it is inside of, and its own.
        descriptors: OptText,
        /// The number of descriptors.
        descriptor_count: OptInt,
        /// The names of the descriptors, unescaped, with dots between: `pkg.mod.Class.method`.
        qualified_name: OptText,
        /// The name of the last descriptor.
        name: OptText,
        /// What the last descriptor says that it is: `Namespace`, `Type`, `Term`, `Method`, `TypeParameter`, `Parameter`,
        /// `Meta`, `Macro` or `Local`.
        suffix: OptText,
        /// What tells methods of the same name apart.
        disambiguator: OptText,
        /// The symbol that it is inside of: itself without the last descriptor. Null where that leaves none.
        parent_symbol: OptText,
        /// The kind, as the protocol names it: `AbstractMethod`. Null if the index does not say.
        kind: OptText,
        /// The name to show.
        display_name: OptText,
        /// The documentation, with an empty line between its parts.
        documentation: OptText,
        /// The signature.
        signature: OptText,
        /// The language of the signature.
        signature_language: OptText,
        /// The symbol that the index says it is inside of, which it does of local ones.
        enclosing_symbol: OptText,
    }
}
