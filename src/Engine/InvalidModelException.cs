namespace Hearth.Engine;

/// <summary>
/// A model file, folder or part of one is damaged, hostile or of a kind that Hearth cannot run. The message is one sentence
/// for the person who chose the file: it names the file and the fact.
/// </summary>
public sealed class InvalidModelException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence that names the file and the fact.</param>
    public InvalidModelException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the failure that led to it.</summary>
    /// <param name="message">One sentence that names the file and the fact.</param>
    /// <param name="innerException">What went wrong underneath.</param>
    public InvalidModelException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
