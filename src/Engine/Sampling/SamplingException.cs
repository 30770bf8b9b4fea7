namespace Hearth.Engine.Sampling;

/// <summary>
/// Sampling cannot go on as asked: a setting is out of its range, a script is malformed, or the logits leave nothing to draw from
/// (NaN, plus infinity, or every token masked). The message is one sentence with the name, the value and what is allowed.
/// </summary>
public sealed class SamplingException : Exception
{
    /// <summary>Creates the exception with its sentence.</summary>
    public SamplingException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its sentence and the error behind it.</summary>
    public SamplingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
