//! `f(b => 1, a => 2)` in FROM, which the engine does not plan, and in LATERAL, where it drops the names.

use std::collections::BTreeMap;

use codeanatomy_functions::specs;
use datafusion::common::utils::datafusion_strsim::levenshtein;
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::LogicalPlan;
use datafusion::logical_expr::planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, Ident, ObjectName, TableFactor, Value, ValueWithSpan,
};
use datafusion::sql::unparser::expr_to_sql;

use super::Parameter;
use super::arguments::signature;
use super::call_signature::Signature;
use super::relation_function::{PlanRelation, RelationArguments, relation_functions};
use super::sql_function::signature_text;
use super::sql_table_function::parameters_of;

/// Puts the arguments of a table function into the order of its parameters and leaves the rest to the engine.
///
/// Works for the functions of this crate and for the engine's own; both `=>` and `:=`, positional arguments first, named
/// ones behind them. A parameter that is left out in the middle becomes NULL, which our functions take as absent.
/// Functions whose parameters are not known keep their positional form, and say so when a name is used.
#[derive(Debug)]
pub(crate) struct NamedArguments {
    functions: BTreeMap<&'static str, Function>,
    /// Whether another planner is asked for the functions that are not known here.
    asks_others: bool,
}

#[derive(Debug, Clone, Copy)]
struct Function {
    parameters: &'static [Parameter],
    /// Whether a null argument means one that was left out.
    null_is_absent: bool,
    /// For a function of relations: what it stands for.
    plan: Option<PlanRelation>,
}

const RANGE: &[Parameter] = &[
    Parameter::required("start", "the first value"),
    Parameter::required("stop", "the last value"),
    Parameter::optional("step", "the distance"),
];

impl NamedArguments {
    /// For the engine's functions, `ours`, and those of relations.
    pub(crate) fn new(ours: impl IntoIterator<Item = (&'static str, &'static [Parameter])>) -> Self {
        let engine = ["generate_series", "range"].map(|f| {
            (
                f,
                Function {
                    parameters: RANGE,
                    null_is_absent: false,
                    plan: None,
                },
            )
        });
        let ours = ours.into_iter().map(|(f, parameters)| {
            (
                f,
                Function {
                    parameters,
                    null_is_absent: true,
                    plan: None,
                },
            )
        });
        let of_relations = relation_functions().map(|f| {
            (
                f.name,
                Function {
                    parameters: f.parameters,
                    null_is_absent: true,
                    plan: Some(f.plan),
                },
            )
        });
        Self {
            functions: engine.into_iter().chain(ours).chain(of_relations).collect(),
            asks_others: false,
        }
    }

    /// For these functions alone. The planner that was registered before knows the others.
    pub(crate) fn of_others(functions: Vec<(&'static str, &'static [Parameter])>) -> Self {
        let function = |parameters| Function {
            parameters,
            null_is_absent: true,
            plan: None,
        };
        Self {
            functions: functions.into_iter().map(|(name, p)| (name, function(p))).collect(),
            asks_others: true,
        }
    }

    /// The function whose name is most like this one, if it is but a slip or two away.
    fn nearly(&self, function: &str) -> Option<(&'static str, &Function)> {
        let distances = self
            .functions
            .iter()
            .map(|(name, f)| (levenshtein(name, function), (*name, f)));
        let (distance, near) = distances.min_by_key(|(distance, (name, _))| (*distance, *name))?;
        (distance <= 2 && 3 * distance < function.len()).then_some(near)
    }

    /// The plan, for a function of relations; else the call is put into the form that the engine plans.
    fn rewrite(
        &self,
        name: &mut ObjectName,
        args: &mut Vec<FunctionArg>,
        ctx: &mut dyn RelationPlannerContext,
    ) -> Result<Option<LogicalPlan>> {
        let Some(ident) = name.0.last().and_then(|part| part.as_ident()).cloned() else {
            return Ok(None);
        };
        let function = ctx.normalize_ident(ident);
        let named = args.iter().any(|a| !matches!(a, FunctionArg::Unnamed(_)));
        let Some(known) = self.functions.get(function.as_str()) else {
            let is_in_lower_case = name.0.len() == 1 && name.to_string() == function;
            if !self.asks_others && (named || !is_in_lower_case) && self.made_of_sql(&function, name, args, ctx)? {
                return Ok(None);
            }
            if !self.asks_others {
                no_value_function(&function, ctx)?;
            }
            return match (named && !self.asks_others, self.nearly(&function)) {
                (true, Some((near, known))) => plan_err!(
                    "no table function {function} with named parameters is known; did you mean {}?",
                    signature(near, known.parameters)
                ),
                (true, None) => plan_err!(
                    "the table function {function} does not say its parameters' names; give its arguments by position"
                ),
                (false, _) => Ok(None),
            };
        };
        if let Some(plan) = known.plan {
            let values = known
                .signature(&function)
                .slots(std::mem::take(args), |name| ctx.normalize_ident(name))?;
            return plan(&mut RelationArguments::try_new(
                &function,
                known.parameters,
                values,
                ctx,
            )?)
            .map(Some);
        }
        if name.0.len() == 1 {
            // The engine looks table functions up as written; ours are found whatever their case.
            *name = ObjectName::from(vec![Ident::new(function.clone())]);
        }
        if named {
            let slots = known
                .signature(&function)
                .slots(std::mem::take(args), |name| ctx.normalize_ident(name))?;
            *args = known.fill(&function, slots)?;
        }
        Ok(None)
    }

    /// Puts the arguments of a function that `CREATE FUNCTION` made of a query in order; false if there is none of that name.
    fn made_of_sql(
        &self,
        function: &str,
        name: &mut ObjectName,
        args: &mut Vec<FunctionArg>,
        ctx: &dyn RelationPlannerContext,
    ) -> Result<bool> {
        let Some(parameters) = parameters_of(function, ctx) else {
            return Ok(false);
        };
        *name = ObjectName::from(vec![Ident::new(function)]);
        if args.iter().all(|a| matches!(a, FunctionArg::Unnamed(_))) {
            return Ok(true);
        }
        let signature = Signature {
            function,
            names: parameters.iter().map(|p| p.name.as_str()).collect(),
            text: signature_text(function, &parameters),
        };
        let slots = signature.slots(std::mem::take(args), |name| ctx.normalize_ident(name))?;
        for (slot, parameter) in slots.into_iter().zip(&parameters) {
            let arg = match (slot, &parameter.default) {
                (Some(arg), _) => arg,
                (None, Some(default)) => FunctionArgExpr::Expr(expr_to_sql(default)?),
                (None, None) => {
                    return plan_err!(
                        "{function}: the argument {} is missing; the function is {}",
                        parameter.name,
                        signature.text
                    );
                }
            };
            args.push(FunctionArg::Unnamed(arg));
        }
        Ok(true)
    }
}

/// Fails for a function of ours that gives a value, unless a host has a table function of its name.
fn no_value_function(function: &str, ctx: &dyn RelationPlannerContext) -> Result<()> {
    let Some(spec) = specs().into_iter().find(|spec| spec.name == function) else {
        return Ok(());
    };
    match ctx.context_provider().get_table_function_source(function, vec![]) {
        Err(error) if error.to_string().contains("not found") => plan_err!(
            "{function}: it is no table function but a function of kind {}, which gives a value; the function is {}",
            spec.kind.name(),
            spec.signature_text()
        ),
        _ => Ok(()),
    }
}

impl Function {
    fn signature<'a>(&self, function: &'a str) -> Signature<'a> {
        Signature {
            function,
            names: self.parameters.iter().map(|p| p.name).collect(),
            text: signature(function, self.parameters),
        }
    }

    fn fill(&self, function: &str, slots: Vec<Option<FunctionArgExpr>>) -> Result<Vec<FunctionArg>> {
        let given = slots.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        let mut args = Vec::with_capacity(given);
        for (i, slot) in slots.into_iter().enumerate() {
            let parameter = &self.parameters[i];
            match slot {
                Some(value) => args.push(FunctionArg::Unnamed(value)),
                None if parameter.required || (i < given && !self.null_is_absent) => {
                    return plan_err!(
                        "{function}: the argument {} is missing; the function is {}",
                        parameter.name,
                        signature(function, self.parameters)
                    );
                }
                None if i < given => {
                    let null = Expr::Value(ValueWithSpan::from(Value::Null));
                    args.push(FunctionArg::Unnamed(FunctionArgExpr::Expr(null)));
                }
                None => {}
            }
        }
        Ok(args)
    }
}

impl RelationPlanner for NamedArguments {
    fn plan_relation(
        &self,
        mut relation: TableFactor,
        ctx: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        let (planned, alias) = match &mut relation {
            TableFactor::Table {
                name,
                args: Some(args),
                alias,
                ..
            } => (self.rewrite(name, &mut args.args, ctx)?, alias),
            TableFactor::Function { name, args, alias, .. } => (self.rewrite(name, args, ctx)?, alias),
            _ => return Ok(RelationPlanning::Original(Box::new(relation))),
        };
        Ok(match planned {
            Some(plan) => RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, alias.take()))),
            None => RelationPlanning::Original(Box::new(relation)),
        })
    }
}
