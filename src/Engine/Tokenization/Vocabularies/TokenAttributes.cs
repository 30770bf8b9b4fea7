namespace Hearth.Engine.Tokenization.Vocabularies;

/// <summary>What a token is. A token can be several things: a user-defined one that ends generation becomes a control token too.</summary>
[Flags]
internal enum TokenAttributes : byte
{
    None = 0,
    Normal = 1,
    Unknown = 2,
    Control = 4,
    UserDefined = 8,
    Unused = 16,
    Byte = 32,

    /// <summary>White space to the left of the token in a text belongs to it.</summary>
    StripLeft = 64,

    /// <summary>White space to the right of the token in a text belongs to it.</summary>
    StripRight = 128,
}
