using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The functions that every template can call.</summary>
internal static class Globals
{
    /// <summary>The functions by name.</summary>
    public static IReadOnlyList<KeyValuePair<string, Value>> All { get; } =
    [
        Entry("range", Range.Create),
        Entry("dict", static (context, _, arguments) => Value.From(DictMethods.CreateDictionary(context, "dict", arguments))),
        Entry("namespace", Namespace.Create),
        Entry("cycler", Cycler.Create),
        Entry("joiner", Joiner.Create),
        Entry("lipsum", static (_, _, _) => throw new Fault("lipsum() is random text, which a prompt must not be")),
        Entry("raise_exception", RaiseException),
        Entry("strftime_now", StrftimeNow),
    ];

    private static KeyValuePair<string, Value> Entry(string name, Method method) => new(name, Value.From(new Function(name, method)));

    private static Value RaiseException(RenderContext context, Value self, Arguments arguments)
    {
        var message = arguments.Bind("raise_exception", 1, "message").Required(0);
        throw new Fault(ValueText.Str(context, message)) { IsRefusal = true };
    }

    private static Value StrftimeNow(RenderContext context, Value self, Arguments arguments)
    {
        string format = arguments.Bind("strftime_now", 1, "format").Text(0);
        return context.Text(TimeFormat.Format(context.Meter, context.Clock.GetLocalNow(), format));
    }
}
