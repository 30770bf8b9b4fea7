using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>
/// Names and their values. Loops, macros, blocks and captures open a scope of their own; what is set there ends with it. A macro
/// keeps the scope in which it was defined.
/// </summary>
internal sealed class Scope(Scope? outer)
{
    /// <summary>What making a scope is charged: a table and its first entry.</summary>
    public const int Cost = 8;

    private readonly Dictionary<string, Value> names = [];
    private readonly Scope? outer = outer;

    /// <summary>Looks a name up, from this scope outwards. Each scope on the way is charged.</summary>
    public bool TryGet(Meter meter, string name, out Value value)
    {
        for (var scope = this; scope is not null; scope = scope.outer)
        {
            meter.Step();
            if (scope.names.TryGetValue(name, out value))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Sets a name in this scope; an outer one of the same name is hidden, not changed.</summary>
    public void Set(string name, Value value) => names[name] = value;
}
