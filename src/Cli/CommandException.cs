namespace Hearth.Cli;

/// <summary>A command cannot do what was asked. The message is one sentence for the person at the terminal.</summary>
internal sealed class CommandException : Exception
{
    public CommandException(string message, int exitCode = ExitCodes.Usage)
        : base(message)
        => ExitCode = exitCode;

    public CommandException(string message, int exitCode, Exception cause)
        : base(message, cause)
        => ExitCode = exitCode;

    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; }
}
