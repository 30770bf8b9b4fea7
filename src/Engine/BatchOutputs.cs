namespace Hearth.Engine;

/// <summary>Which tokens of a run want logits.</summary>
public enum BatchOutputs
{
    /// <summary>None: a part of a prompt.</summary>
    None,

    /// <summary>The last one.</summary>
    Last,

    /// <summary>Each.</summary>
    All,
}
