using Hearth.Engine.Templates.Builtins;
using Hearth.Engine.Templates.Syntax;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>Evaluates the expressions of a template.</summary>
internal sealed partial class Interpreter
{
    /// <summary>The value of an expression.</summary>
    public Value Evaluate(Expression expression, Scope scope)
    {
        context.Meter.Step();
        switch (expression)
        {
            case Literal literal:
                return literal.Value;
            case NameReference name:
                return scope.TryGet(context.Meter, name.Name, out var value) ? value : Value.UndefinedName(name.Name);
        }

        context.Meter.Enter();
        Line = expression.Line;
        var result = EvaluateCompound(expression, scope);
        context.Meter.Leave();
        return result;
    }

    private Value EvaluateCompound(Expression expression, Scope scope)
    {
        switch (expression)
        {
            case AttributeAccess access:
                return Lookup.Attribute(context, Evaluate(access.Owner, scope), access.Name);
            case ItemAccess access:
                return Lookup.Item(context, Evaluate(access.Owner, scope), Evaluate(access.Key, scope));
            case SliceAccess access:
                return EvaluateSlice(access, scope);
            case Call call:
                return Invoke(Evaluate(call.Callee, scope), EvaluateArguments(call.Arguments, scope));
            case FilterCall filter:
                var input = Evaluate(filter.Input!, scope);
                return FilterCatalog.Apply(context, filter.Name, input, EvaluateArguments(filter.Arguments, scope));
            case TestCall test:
                var tested = Evaluate(test.Input, scope);
                return Value.From(TestCatalog.Apply(context, test.Name, tested, EvaluateArguments(test.Arguments, scope)));
            case Comparison comparison:
                return EvaluateComparison(comparison, scope);
            case Binary binary:
                return EvaluateBinary(binary, scope);
            case Unary unary:
                return EvaluateUnary(unary, scope);
            case Conditional conditional:
                return EvaluateConditional(conditional, scope);
            case Concatenation concatenation:
                return EvaluateConcatenation(concatenation, scope);
            case SequenceDisplay display:
                var items = Array.ConvertAll(display.Items, item => Evaluate(item, scope));
                return display.IsTuple ? Value.Tuple(items) : Value.List(items);
            case DictDisplay display:
                return EvaluateDict(display, scope);
            default:
                throw new Fault("the template has an expression that cannot be evaluated");
        }
    }

    private Value EvaluateSlice(SliceAccess access, Scope scope)
    {
        Value Bound(Expression? bound) => bound is null ? Value.None : Evaluate(bound, scope);
        return Lookup.Slice(context, Evaluate(access.Owner, scope), Bound(access.Start), Bound(access.Stop), Bound(access.Step));
    }

    private Value EvaluateComparison(Comparison comparison, Scope scope)
    {
        var left = Evaluate(comparison.First, scope);
        foreach (var (symbol, operand) in comparison.Rest)
        {
            var right = Evaluate(operand, scope);
            bool holds = symbol switch
            {
                "==" => context.Comparer.Equals(left, right),
                "!=" => !context.Comparer.Equals(left, right),
                "in" => Iteration.Contains(context, right, left),
                "not in" => !Iteration.Contains(context, right, left),
                _ => Ordering.Compare(context, symbol, left, right),
            };
            if (!holds)
            {
                return Value.False;
            }

            left = right;
        }

        return Value.True;
    }

    private Value EvaluateBinary(Binary binary, Scope scope)
    {
        var left = Evaluate(binary.Left, scope);
        return binary.Symbol switch
        {
            "and" => left.IsTrue ? Evaluate(binary.Right, scope) : left,
            "or" => left.IsTrue ? left : Evaluate(binary.Right, scope),
            _ => Arithmetic.Apply(context, binary.Symbol, left, Evaluate(binary.Right, scope)),
        };
    }

    private Value EvaluateUnary(Unary unary, Scope scope)
    {
        var operand = Evaluate(unary.Operand, scope);
        return unary.Symbol switch
        {
            "not" => Value.From(!operand.IsTrue),
            "-" => Arithmetic.Negate(operand),
            _ => Arithmetic.Plus(operand),
        };
    }

    private Value EvaluateConditional(Conditional conditional, Scope scope)
    {
        if (Evaluate(conditional.Condition, scope).IsTrue)
        {
            return Evaluate(conditional.Then, scope);
        }

        return conditional.Otherwise is { } otherwise
            ? Evaluate(otherwise, scope)
            : Value.Undefined("the inline if-expression is false and has no else part");
    }

    private Value EvaluateConcatenation(Concatenation concatenation, Scope scope)
    {
        var builder = new TextBuilder(context.Meter);
        foreach (var part in Array.ConvertAll(concatenation.Parts, part => Evaluate(part, scope)))
        {
            builder.Append(ValueText.Str(context, part));
        }

        return Value.From(builder.ToString());
    }

    private Value EvaluateDict(DictDisplay display, Scope scope)
    {
        var dictionary = context.NewDictionary();
        foreach (var (key, value) in display.Entries)
        {
            var evaluated = Evaluate(key, scope);
            dictionary.Set(evaluated, Evaluate(value, scope));
        }

        return Value.From(dictionary);
    }

    private Arguments EvaluateArguments(CallArguments arguments, Scope scope)
    {
        if (ReferenceEquals(arguments, CallArguments.None))
        {
            return Arguments.None;
        }

        var positional = Array.ConvertAll(arguments.Positional, argument => Evaluate(argument, scope));
        var named = Array.ConvertAll(
            arguments.Named, argument => new KeyValuePair<string, Value>(argument.Name, Evaluate(argument.Value, scope)));
        if (arguments.Spread is { } spread)
        {
            var more = Iteration.Items(context, Evaluate(spread, scope));
            context.Meter.Step(more.Length);
            positional = [.. positional, .. more];
        }

        if (arguments.NamedSpread is { } namedSpread)
        {
            named = [.. named, .. SpreadNamed(Evaluate(namedSpread, scope))];
        }

        return new Arguments(positional, named);
    }

    private List<KeyValuePair<string, Value>> SpreadNamed(Value value)
    {
        if (value.Kind != ValueKind.Dict)
        {
            throw new Fault($"argument after ** must be a mapping, not {value.TypeName}");
        }

        context.Meter.Step(value.Dict.Count);
        var named = new List<KeyValuePair<string, Value>>();
        foreach (var (key, argument) in value.Dict)
        {
            named.Add(new(key.IsString ? key.String : throw new Fault("keywords must be strings"), argument));
        }

        return named;
    }

    private Value Invoke(Value callee, Arguments arguments)
    {
        Arithmetic.RefuseUndefined(callee);
        return callee.Kind == ValueKind.Object
            ? callee.Object.Call(context, arguments)
            : throw new Fault($"'{callee.TypeName}' object is not callable");
    }
}
