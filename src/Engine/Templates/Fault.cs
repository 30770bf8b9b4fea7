namespace Hearth.Engine.Templates;

/// <summary>
/// What goes wrong inside an evaluation, as a clause without line or full stop. <see cref="ChatTemplate"/> turns it into the one
/// exception that callers see.
/// </summary>
internal sealed class Fault(string message) : Exception(message)
{
    /// <summary>True for the message of <c>raise_exception</c>, which callers see unchanged.</summary>
    public bool IsRefusal { get; init; }
}
