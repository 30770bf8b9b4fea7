using System.Runtime.CompilerServices;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>Counts what one rendering uses and ends it where a limit is passed. One per rendering, used by one thread.</summary>
internal sealed class Meter(TemplateLimits limits)
{
    private long steps;
    private long characters;
    private int depth;

    /// <summary>Charges <paramref name="count"/> units of work, before it is done.</summary>
    public void Step(long count = 1)
    {
        steps += count;
        if (steps > limits.Steps)
        {
            throw new Fault($"it needs more than {limits.Steps} steps; it may loop without end");
        }
    }

    /// <summary>Charges the reading of a text, before it is read.</summary>
    public void Scan(long length) => Step(length >> 6);

    /// <summary>
    /// Charges a search for a text within another. A search compares up to length times needle characters in the worst case, and
    /// is charged so; for the short needles of real templates this is the price of reading the text once.
    /// </summary>
    public void Search(long length, long needle)
    {
        if (needle <= length)
        {
            Step((length >> 6) * (1 + (needle >> 4)));
        }
    }

    /// <summary>Charges a text of <paramref name="count"/> characters, before it is allocated.</summary>
    public void Text(long count)
    {
        if (count > limits.TextCharacters)
        {
            throw new Fault($"it makes a text of more than {limits.TextCharacters} characters");
        }

        Extend(count);
    }

    /// <summary>Charges <paramref name="count"/> characters of a text whose whole length is checked elsewhere.</summary>
    public void Extend(long count)
    {
        characters += count;
        if (characters > limits.TotalCharacters)
        {
            throw new Fault($"it makes more than {limits.TotalCharacters} characters of text in total");
        }
    }

    /// <summary>Refuses a text that has grown to <paramref name="length"/> characters, where that is too long.</summary>
    public void CheckLength(long length)
    {
        if (length > limits.TextCharacters)
        {
            throw new Fault($"it makes a text of more than {limits.TextCharacters} characters");
        }
    }

    /// <summary>Enters one level of recursion; each call is paired with <see cref="Leave"/>.</summary>
    public void Enter()
    {
        // The counter makes the limit the same everywhere; the stack's own answer covers callers on very small stacks.
        if (++depth > limits.Depth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new Fault("it recurses too deep");
        }
    }

    /// <summary>Leaves one level of recursion.</summary>
    public void Leave() => depth--;
}
