namespace Hearth.Engine.Sampling;

/// <summary>What a random number of one position is for; numbers of different purposes are independent.</summary>
internal enum RandomStream : uint
{
    /// <summary>The token.</summary>
    Draw = 0,

    /// <summary>The token that replaces one refused by a mask.</summary>
    Redraw = 1,

    /// <summary>Whether xtc acts.</summary>
    Xtc = 2,
}
