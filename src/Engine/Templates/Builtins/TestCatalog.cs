using System.Collections.Frozen;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The tests behind <c>is</c>, by name.</summary>
internal static class TestCatalog
{
    private delegate bool Test(RenderContext context, Value value, Arguments arguments);

    private static readonly FrozenDictionary<string, Test> Tests = new Dictionary<string, Test>
    {
        ["boolean"] = Simple(static value => value.Kind == ValueKind.Boolean),
        ["callable"] = Simple(static value => value.IsUndefined || (value.Kind == ValueKind.Object && value.Object.IsCallable)),
        ["defined"] = Simple(static value => !value.IsUndefined),
        ["divisibleby"] = static (context, value, arguments) => HasRest(context, value, Operand("divisibleby", arguments), 0),
        ["escaped"] = Simple(static value => value.IsMarkup),
        ["even"] = static (context, value, arguments) => HasRest(context, value, Two("even", arguments), 0),
        ["false"] = Simple(static value => value.Kind == ValueKind.Boolean && !value.Boolean),
        ["filter"] = Simple(static value => value.IsString && FilterCatalog.Contains(value.String)),
        ["float"] = Simple(static value => value.Kind == ValueKind.Float),
        ["in"] = static (context, value, arguments) => Iteration.Contains(context, Operand("in", arguments), value),
        ["integer"] = Simple(static value => value.Kind == ValueKind.Integer),
        ["iterable"] = Simple(Iteration.IsIterable),
        ["lower"] = static (context, value, arguments) => IsCased("lower", context, value, arguments, TextTests.IsLower),
        ["mapping"] = Simple(static value => value.Kind == ValueKind.Dict),
        ["none"] = Simple(static value => value.IsNone),
        ["number"] = Simple(static value => value.IsNumber),
        ["odd"] = static (context, value, arguments) => HasRest(context, value, Two("odd", arguments), 1),
        ["sameas"] = static (_, value, arguments) => value.IsSameAs(Operand("sameas", arguments)),
        ["sequence"] = Simple(IsSequence),
        ["string"] = Simple(static value => value.IsString),
        ["test"] = Simple(static value => value.IsString && Contains(value.String)),
        ["true"] = Simple(static value => value.Kind == ValueKind.Boolean && value.Boolean),
        ["undefined"] = Simple(static value => value.IsUndefined),
        ["upper"] = static (context, value, arguments) => IsCased("upper", context, value, arguments, TextTests.IsUpper),
        ["=="] = IsEqual,
        ["eq"] = IsEqual,
        ["equalto"] = IsEqual,
        ["!="] = IsUnequal,
        ["ne"] = IsUnequal,
        [">"] = Compared(">"),
        ["gt"] = Compared(">"),
        ["greaterthan"] = Compared(">"),
        [">="] = Compared(">="),
        ["ge"] = Compared(">="),
        ["<"] = Compared("<"),
        ["lt"] = Compared("<"),
        ["lessthan"] = Compared("<"),
        ["<="] = Compared("<="),
        ["le"] = Compared("<="),
    }.ToFrozenDictionary();

    public static bool Contains(string name) => Tests.ContainsKey(name);

    public static string UnknownMessage(string name) => $"there is no test '{name}'";

    /// <summary>Applies the test of that name.</summary>
    public static bool Apply(RenderContext context, string name, Value value, Arguments arguments)
        => Tests.TryGetValue(name, out var test) ? test(context, value, arguments) : throw new Fault(UnknownMessage(name));

    private static Test Simple(Func<Value, bool> test) => (_, value, arguments) =>
    {
        arguments.RefuseAll("a test");
        return test(value);
    };

    private static Test Compared(string symbol)
        => (context, value, arguments) => Ordering.Compare(context, symbol, value, Operand(symbol, arguments));

    private static bool IsEqual(RenderContext context, Value value, Arguments arguments)
        => context.Comparer.Equals(value, Operand("eq", arguments));

    private static bool IsUnequal(RenderContext context, Value value, Arguments arguments)
        => !context.Comparer.Equals(value, Operand("ne", arguments));

    private static Value Operand(string test, Arguments arguments) => arguments.Bind(test, 1, "other").Required(0);

    private static Value Two(string test, Arguments arguments)
    {
        arguments.RefuseAll(test);
        return Value.From(2L);
    }

    private static bool HasRest(RenderContext context, Value value, Value divisor, long rest)
        => context.Comparer.Equals(Arithmetic.Apply(context, "%", value, divisor), Value.From(rest));

    private static bool IsCased(string test, RenderContext context, Value value, Arguments arguments, Func<string, bool> hasCase)
    {
        arguments.RefuseAll(test);
        string text = ValueText.Str(context, value);
        context.Meter.Step(text.Length >> 3);
        return hasCase(text);
    }

    // In Jinja: whatever has a length and can be indexed.
    private static bool IsSequence(Value value) => value.Kind switch
    {
        ValueKind.Undefined or ValueKind.String or ValueKind.List or ValueKind.Tuple or ValueKind.Dict => true,
        ValueKind.Object => value.Object.IsIndexable,
        _ => false,
    };
}
