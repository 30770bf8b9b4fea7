using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The methods of Python's lists and tuples that change nothing.</summary>
internal static class SequenceMethods
{
    /// <summary>A list's methods that the sandbox hides.</summary>
    public static readonly HashSet<string> Mutators = ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"];

    /// <summary>The method of that name; null if there is none.</summary>
    public static Method? Find(string name) => name switch
    {
        "count" => Count,
        "index" => Index,
        "copy" => static (_, self, _) => self,
        _ => null,
    };

    private static Value Count(RenderContext context, Value self, Arguments arguments)
    {
        var wanted = arguments.Bind("count", 1, "value").Required(0);
        return Value.From((long)Array.FindAll(self.Items, item => context.Comparer.Equals(item, wanted)).Length);
    }

    private static Value Index(RenderContext context, Value self, Arguments arguments)
    {
        var bound = arguments.Bind("index", 1, "value", "start", "stop");
        int length = self.Items.Length;
        int Clamp(int index) => (int)Math.Clamp(index < 0 ? (long)index + length : index, 0, length);
        int stop = Clamp(bound.Integer(2, length));
        for (int i = Clamp(bound.Integer(1)); i < stop; i++)
        {
            if (context.Comparer.Equals(self.Items[i], bound.Required(0)))
            {
                return Value.From((long)i);
            }
        }

        throw new Fault($"{ValueText.Repr(context, bound.Required(0))} is not in the {self.TypeName}");
    }
}
