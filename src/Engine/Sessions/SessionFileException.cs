namespace Hearth.Engine.Sessions;

/// <summary>
/// A file is no saved session, is damaged, or does not fit the model. The message is one sentence that names the file and the fact.
/// </summary>
public sealed class SessionFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence that names the file and the fact.</param>
    public SessionFileException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with the failure that led to it.</summary>
    /// <param name="message">One sentence that names the file and the fact.</param>
    /// <param name="innerException">What went wrong underneath.</param>
    public SessionFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
