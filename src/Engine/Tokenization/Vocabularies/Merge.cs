namespace Hearth.Engine.Tokenization.Vocabularies;

/// <summary>A pair of pieces that merge into one. Keeps the one string that a file holds for it.</summary>
/// <param name="Text">Both pieces, with or without something between them.</param>
/// <param name="LeftLength">Where the left piece ends.</param>
/// <param name="RightStart">Where the right piece begins.</param>
internal readonly record struct Merge(string Text, int LeftLength, int RightStart)
{
    public ReadOnlySpan<char> Left => Text.AsSpan(0, LeftLength);

    public ReadOnlySpan<char> Right => Text.AsSpan(RightStart);

    /// <summary>Reads <c>left right</c>; a piece may itself begin with a space, so the first character never separates.</summary>
    /// <exception cref="InvalidModelException">There is no space to separate the pieces.</exception>
    public static Merge Parse(string text, int index)
    {
        var space = text.Length > 1 ? text.IndexOf(' ', 1) : -1;
        if (space < 0 || space == text.Length - 1)
        {
            throw new InvalidModelException($"Merge {index} of the vocabulary, \"{text}\", is not two pieces with a space between them.");
        }

        return new Merge(text, space, space + 1);
    }
}
