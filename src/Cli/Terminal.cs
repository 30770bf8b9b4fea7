using System.Text;
using Hearth.Cli.Repl;

namespace Hearth.Cli;

/// <summary>What a command talks to: the process's own streams, or a test's. Everything is UTF-8 with plain line feeds.</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly (int, int) UnknownScreen = (80, 24);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Func<(int Width, int Height)> screen;

    /// <summary>Joins streams.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="interrupts">Ctrl-C.</param>
    /// <param name="screen">Columns and rows of the screen, asked again each time; null for 80 x 24.</param>
    public Terminal(
        Stream input, Stream output, Stream error, Interrupts interrupts, Func<(int Width, int Height)>? screen = null)
    {
        Input = new StreamReader(new StandardInput(input), Utf8);
        OutputBytes = output;
        Output = new StreamWriter(output, Utf8) { NewLine = "\n" };
        Error = new StreamWriter(error, Utf8) { NewLine = "\n", AutoFlush = true };
        Interrupts = interrupts;
        this.screen = screen ?? (() => UnknownScreen);
    }

    /// <summary>Standard input as text.</summary>
    public TextReader Input { get; }

    /// <summary>Standard output as text; buffered, so whoever streams flushes.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard output as bytes, for large answers; never mixed with unflushed text.</summary>
    public Stream OutputBytes { get; }

    /// <summary>Standard error as text; not buffered.</summary>
    public TextWriter Error { get; }

    /// <summary>Ctrl-C.</summary>
    public Interrupts Interrupts { get; }

    /// <summary>Keys as they are pressed; null where standard input or output is no terminal.</summary>
    public IKeys? Keys { get; init; }

    /// <summary>Whether a person reads standard output.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether a person reads standard error.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether a person types standard input.</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>Whether the screen obeys escape sequences; a dumb one only shows text.</summary>
    public bool ObeysEscapes { get; init; } = true;

    /// <summary>Whether a line on standard error may be drawn again and again.</summary>
    public bool ShowsProgress => ErrorIsTerminal && ObeysEscapes;

    /// <summary>Whether standard output may be coloured.</summary>
    public bool HasColor { get; init; }

    /// <summary>Columns of the screen.</summary>
    public int Width => Math.Max(screen().Width, 10);

    /// <summary>Rows of the screen.</summary>
    public int Height => Math.Max(screen().Height, 2);

    /// <summary>The process's own.</summary>
    public static Terminal OfProcess()
    {
        bool input = !Console.IsInputRedirected;
        bool output = !Console.IsOutputRedirected;
        bool dumb = !OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        if (output && OperatingSystem.IsWindows())
            Console.OutputEncoding = Utf8;
        return new Terminal(
            InheritedStream.IsOpen(0) ? Console.OpenStandardInput() : Stream.Null,
            StandardOutput.Open(),
            InheritedStream.IsOpen(2) ? Console.OpenStandardError() : Stream.Null,
            Interrupts.OfProcess(),
            Screen)
        {
            InputIsTerminal = input,
            OutputIsTerminal = output,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            ObeysEscapes = !dumb,
            HasColor = output && !dumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Keys = input && output && !dumb ? new ConsoleKeys() : null,
        };
    }

    /// <summary>Hands out what is buffered; that it cannot be written is no error here any more.</summary>
    public void Dispose()
    {
        try
        {
            Output.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Reported already, or there is nobody to report to.
        }

        Interrupts.Dispose();
    }

    private static (int Width, int Height) Screen()
    {
        try
        {
            return (Console.WindowWidth, Console.WindowHeight);
        }
        catch (IOException)
        {
            return UnknownScreen;
        }
    }
}
