using Hearth.Engine;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;
using Hearth.Engine.Templates;

namespace Hearth.Cli.Rendering;

/// <summary>What becomes of an exception: one sentence on standard error, and an exit code.</summary>
internal static class ErrorReport
{
    /// <summary>Sentences quote what they refuse, and a hostile file can say very much.</summary>
    public const int LongestSentence = 2000;

    /// <summary>Reports an exception.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="terminal">Where to report.</param>
    /// <param name="verbose">Whether to add the stack trace.</param>
    /// <returns>The exit code.</returns>
    public static int Write(Exception error, Terminal terminal, bool verbose)
    {
        if (error is ClosedOutputException)
            return ExitCodes.Success;
        if (error is OperationCanceledException)
            return ExitCodes.Interrupted;
        FlushQuietly(terminal.Output);
        var (sentence, code) = Describe(error);
        try
        {
            terminal.Error.WriteLine($"hearth: {Printable.Line(sentence, LongestSentence)}");
            if (verbose)
                terminal.Error.WriteLine(error);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody can be told, but the exit code still says it.
        }

        return code;
    }

    private static (string Sentence, int Code) Describe(Exception error) => error switch
    {
        CommandException command => (command.Message, command.ExitCode),
        InvalidModelException or NotSupportedException => (error.Message, ExitCodes.Model),
        SamplingException => (error.Message, ExitCodes.Usage),
        ContextFullException or TemplateException => (error.Message, ExitCodes.Input),
        InsufficientMemoryException or OutOfMemoryException => ($"There is not enough memory: {error.Message}", ExitCodes.Failure),
        IOException or UnauthorizedAccessException => ($"Reading or writing failed: {error.Message}", ExitCodes.Failure),
        _ => ($"This should not happen: {error.Message} ({error.GetType().Name}; --verbose shows where.)", ExitCodes.Failure),
    };

    private static void FlushQuietly(TextWriter output)
    {
        try
        {
            output.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
