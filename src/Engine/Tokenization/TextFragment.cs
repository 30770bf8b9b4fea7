namespace Hearth.Engine.Tokenization;

/// <summary>A stretch of text, or a special token that stood in it.</summary>
/// <param name="Start">First character in the whole text.</param>
/// <param name="Length">Characters.</param>
/// <param name="Id">The special token, or -1 for text.</param>
internal readonly record struct TextFragment(int Start, int Length, int Id)
{
    public bool IsText => Id < 0;
}
