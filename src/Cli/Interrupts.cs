using System.Runtime.InteropServices;

namespace Hearth.Cli;

/// <summary>
/// Ctrl-C. While a command is in a part that can be stopped, the first one stops it and a second one, if the stop takes too long,
/// ends the process; at any other time the first one ends it.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly Action<int> exit;
    private readonly Lock gate = new();
    private PosixSignalRegistration? registration;
    private CancellationTokenSource? source;

    /// <summary>Interrupts that somebody presses by <see cref="Press"/>.</summary>
    /// <param name="exit">Ends the process with an exit code.</param>
    public Interrupts(Action<int> exit) => this.exit = exit;

    /// <summary>Interrupts of the process.</summary>
    public static Interrupts OfProcess()
    {
        var interrupts = new Interrupts(code =>
        {
            // What stands on the line, such as a progress bar, stays there; the shell's prompt begins another one.
            if (!Console.IsErrorRedirected)
                Console.Error.WriteLine();
            Environment.Exit(code);
        });
        interrupts.registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            interrupts.Press();
        });
        return interrupts;
    }

    /// <summary>Begins a part that can be stopped.</summary>
    /// <param name="token">Cancelled by the first Ctrl-C.</param>
    /// <returns>Ends the part when disposed.</returns>
    public IDisposable Catch(out CancellationToken token)
    {
        lock (gate)
        {
            source = new CancellationTokenSource();
            token = source.Token;
            return new Part(this);
        }
    }

    /// <summary>What a Ctrl-C does.</summary>
    public void Press()
    {
        lock (gate)
        {
            if (source is { IsCancellationRequested: false })
            {
                source.Cancel();
                return;
            }
        }

        exit(ExitCodes.Interrupted);
    }

    public void Dispose()
    {
        registration?.Dispose();
        source?.Dispose();
    }

    private void End()
    {
        lock (gate)
        {
            source?.Dispose();
            source = null;
        }
    }

    private sealed class Part(Interrupts owner) : IDisposable
    {
        public void Dispose() => owner.End();
    }
}
