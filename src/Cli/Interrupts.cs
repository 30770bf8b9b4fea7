using System.Runtime.InteropServices;

namespace Hearth.Cli;

/// <summary>
/// Ctrl-C, and the signals that end a process. While a command is in a part that can be stopped, the first one stops it and a second
/// one, if the stop takes too long, ends the process; at any other time the first one ends it.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly Action<int> exit;
    private readonly Lock gate = new();
    private readonly List<PosixSignalRegistration> registrations = [];
    private CancellationTokenSource? source;

    /// <summary>Interrupts that somebody presses by <see cref="Press"/>.</summary>
    /// <param name="exit">Ends the process with an exit code.</param>
    public Interrupts(Action<int> exit) => this.exit = exit;

    /// <summary>The exit code of the signal that ends the process, once there was one: a part that it stopped is the last.</summary>
    public int? Ending { get; private set; }

    /// <summary>What makes a terminal again as it was, such as the end of a mode; written before the process ends by a signal.</summary>
    public string Restoring { get; set; } = "";

    /// <summary>Interrupts of the process.</summary>
    public static Interrupts OfProcess()
    {
        Interrupts interrupts = null!;
        interrupts = new Interrupts(code =>
        {
            try
            {
                // What stands on the line, such as a progress bar, stays there; the shell's prompt begins another one.
                if (!Console.IsOutputRedirected && interrupts.Restoring.Length > 0)
                    Console.Out.Write(interrupts.Restoring);
                else if (!Console.IsErrorRedirected)
                    Console.Error.WriteLine();
            }
            catch (IOException)
            {
                // A terminal that has hung up takes nothing, and an exception here would end the process as a crash.
            }

            Environment.Exit(code);
        });
        interrupts.Register(PosixSignal.SIGINT, interrupts.Press);
        interrupts.Register(PosixSignal.SIGTERM, () => interrupts.End(ExitCodes.Terminated));
        interrupts.Register(PosixSignal.SIGHUP, () => interrupts.End(ExitCodes.HungUp));
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
    public void Press() => Stop(ExitCodes.Interrupted);

    /// <summary>What a signal does after which the process shall be gone.</summary>
    /// <param name="code">The exit code.</param>
    public void End(int code)
    {
        Ending ??= code;
        Stop(code);
    }

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        source?.Dispose();
    }

    private void Register(PosixSignal signal, Action act)
        => registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            act();
        }));

    private void Stop(int code)
    {
        lock (gate)
        {
            if (source is { IsCancellationRequested: false })
            {
                source.Cancel();
                return;
            }
        }

        exit(code);
    }

    private void EndPart()
    {
        lock (gate)
        {
            source?.Dispose();
            source = null;
        }
    }

    private sealed class Part(Interrupts owner) : IDisposable
    {
        public void Dispose() => owner.EndPart();
    }
}
