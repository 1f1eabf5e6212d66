//! The list of datasets.

use crate::dataset::*;
use crate::{Contract, Row};

/// Every dataset, in the order of the documentation.
pub const CATALOGUE: &[&Contract] = &[
    FileRow::CONTRACT,
    FileScopeRow::CONTRACT,
    LineRow::CONTRACT,
    AstNodeRow::CONTRACT,
    TokenRow::CONTRACT,
    CommentRow::CONTRACT,
    DocstringRow::CONTRACT,
    ParseErrorRow::CONTRACT,
    DefinitionRow::CONTRACT,
    ParameterRow::CONTRACT,
    DecoratorRow::CONTRACT,
    ReferenceRow::CONTRACT,
    ImportRow::CONTRACT,
    CallRow::CONTRACT,
    CallArgumentRow::CONTRACT,
    AssignmentRow::CONTRACT,
    TypeAnnotationRow::CONTRACT,
    BaseClassRow::CONTRACT,
    ExportRow::CONTRACT,
    ScopeRow::CONTRACT,
    SymbolRow::CONTRACT,
    BindingRow::CONTRACT,
    CompiledScopeRow::CONTRACT,
    CompiledSymbolRow::CONTRACT,
    TsNodeRow::CONTRACT,
    TsErrorRow::CONTRACT,
    TsCaptureRow::CONTRACT,
    DefUseRow::CONTRACT,
    CodeFileRow::CONTRACT,
    CodeUnitRow::CONTRACT,
    InstructionRow::CONTRACT,
    ExceptionTableRow::CONTRACT,
    BlockRow::CONTRACT,
    CfgEdgeRow::CONTRACT,
    ScipDocumentRow::CONTRACT,
    ScipOccurrenceRow::CONTRACT,
    ScipSymbolRow::CONTRACT,
    ScipRelationshipRow::CONTRACT,
    ScipDiagnosticRow::CONTRACT,
    ModuleRow::CONTRACT,
    ResolvedImportRow::CONTRACT,
    ExternalModuleRow::CONTRACT,
    ResolvedCallRow::CONTRACT,
    ResolvedReferenceRow::CONTRACT,
    CheckDefinitionRow::CONTRACT,
    CheckSyntaxErrorRow::CONTRACT,
    CheckSymbolRow::CONTRACT,
    CheckCallRow::CONTRACT,
];

/// The dataset of that name.
pub fn find(name: &str) -> Option<&'static Contract> {
    CATALOGUE.iter().find(|c| c.name == name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_orders_and_ids_name_columns_and_orders_are_total() {
        for contract in CATALOGUE {
            for column in contract.key.iter().chain(contract.order) {
                assert!(contract.index_of(column).is_some(), "{}.{column}", contract.name);
            }
            assert_eq!(contract.order[0], "path", "{}", contract.name);
            assert!(
                contract.key.iter().all(|k| contract.order.contains(k)),
                "{} is not in a total order",
                contract.name
            );
            if let Some(id) = contract.id {
                assert!(
                    contract.index_of(id.column).is_some(),
                    "{}.{}",
                    contract.name,
                    id.column
                );
            }
        }
    }

    #[test]
    fn every_dataset_and_column_is_documented_and_named_once() {
        for (i, contract) in CATALOGUE.iter().enumerate() {
            assert!(CATALOGUE[..i].iter().all(|c| c.name != contract.name));
            assert!(!contract.description().is_empty());
            for (j, column) in contract.columns.iter().enumerate() {
                assert!(!column.description().is_empty(), "{}.{}", contract.name, column.name);
                assert!(contract.columns[..j].iter().all(|c| c.name != column.name));
            }
        }
    }
}
