using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The methods of Python's dictionaries that change nothing.</summary>
internal static class DictMethods
{
    /// <summary>A dictionary's methods that the sandbox hides.</summary>
    public static readonly HashSet<string> Mutators = ["clear", "pop", "popitem", "setdefault", "update"];

    /// <summary>The method of that name; null if there is none.</summary>
    public static Method? Find(string name) => name switch
    {
        "get" => Get,
        "keys" or "values" or "items" => (_, self, arguments) => View(name, self, arguments),
        "copy" => static (_, self, _) => self,
        _ => null,
    };

    /// <summary>Python's <c>dict(mapping, name=value)</c>, for the function and for namespaces.</summary>
    public static Dictionary CreateDictionary(RenderContext context, string function, Arguments arguments)
    {
        var dictionary = context.NewDictionary();
        if (arguments.Positional.Length > 1)
        {
            throw new Fault($"{function} expected at most 1 argument, got {arguments.Positional.Length}");
        }

        if (arguments.Positional is [{ Kind: ValueKind.Dict } mapping])
        {
            context.Meter.Step(mapping.Dict.Count);
            dictionary.SetAll(mapping.Dict);
        }
        else if (arguments.Positional is [var pairs])
        {
            foreach (var pair in Iteration.Items(context, pairs))
            {
                var parts = Iteration.Items(context, pair);
                if (parts.Length != 2)
                {
                    throw new Fault($"an entry of {function}() has {parts.Length} parts; 2 are required");
                }

                dictionary.Set(parts[0], parts[1]);
            }
        }

        foreach (var (name, value) in arguments.Named)
        {
            dictionary.Set(Value.From(name), value);
        }

        return dictionary;
    }

    private static Value Get(RenderContext context, Value self, Arguments arguments)
    {
        var bound = arguments.Bind("get", 1, "key", "default");
        return self.Dict.TryGet(bound.Required(0), out var value) ? value : bound[1] ?? Value.None;
    }

    private static Value View(string part, Value self, Arguments arguments)
    {
        arguments.RefuseAll(part);
        return Value.From(new DictView(part, self.Dict));
    }
}
