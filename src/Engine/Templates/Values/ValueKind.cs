namespace Hearth.Engine.Templates.Values;

/// <summary>What a <see cref="Value"/> is, in Python's terms.</summary>
internal enum ValueKind : byte
{
    /// <summary>Jinja's undefined: prints as nothing, is false and empty, and fails in every other use.</summary>
    Undefined,
    None,
    Boolean,
    Integer,
    Float,
    String,
    List,
    Tuple,
    Dict,

    /// <summary>Anything with behaviour of its own: a macro, a loop, a range, a namespace.</summary>
    Object,
}
