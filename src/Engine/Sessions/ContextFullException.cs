namespace Hearth.Engine.Sessions;

/// <summary>A text does not fit into what is left of a session's context.</summary>
public sealed class ContextFullException : Exception
{
    internal ContextFullException(int position, int count, int capacity)
        : base($"The text has {count} tokens, but the context holds {capacity} and {position} of them are taken; shorten it or ask for a larger context (-c).")
    {
    }
}
