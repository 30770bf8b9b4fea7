using Hearth.Kernels.Compute;

namespace Hearth.Kernels.Recurrence;

/// <summary>What the tokens of a pass bring to the heads of a recurrent layer, and where the results go.</summary>
public readonly record struct HeadRows
{
    /// <summary>[n, key heads x key length]: where a token writes.</summary>
    public required Rows Keys { get; init; }

    /// <summary>[n, key heads x key length]: where a token reads.</summary>
    public required Rows Queries { get; init; }

    /// <summary>[n, heads x value length]: what a token writes.</summary>
    public required Rows Values { get; init; }

    /// <summary>[n, heads]: factor of the state; or [n, heads x key length], one a row of it.</summary>
    public required Rows Decays { get; init; }

    /// <summary>[n, heads]: factor of what is written.</summary>
    public Rows Rates { get; init; }

    /// <summary>[n, heads x key length]: what is looked up to be replaced.</summary>
    public Rows Removals { get; init; }

    /// <summary>[n, heads x key length]: where what was looked up is added.</summary>
    public Rows Replacements { get; init; }

    /// <summary>[n, heads x value length]: what a token reads; may be the values.</summary>
    public required Rows Outputs { get; init; }
}
