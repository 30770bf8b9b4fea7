namespace Hearth.Cli;

/// <summary>What the process returns; the same table stands in docs/cli.md.</summary>
internal static class ExitCodes
{
    /// <summary>Done, also where the reader of standard output left early.</summary>
    public const int Success = 0;

    /// <summary>Something that should not happen, or no memory.</summary>
    public const int Failure = 1;

    /// <summary>An unknown command or flag, a value out of its range, an empty prompt, HEARTH_ISA.</summary>
    public const int Usage = 2;

    /// <summary>The model file is missing, damaged, or of a kind that Hearth does not run.</summary>
    public const int Model = 3;

    /// <summary>The input cannot be used with this model: longer than the context, refused by the chat template.</summary>
    public const int Input = 4;

    /// <summary>The terminal is gone: SIGHUP.</summary>
    public const int HungUp = 129;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>SIGTERM.</summary>
    public const int Terminated = 143;

    /// <summary>The table for <c>--help</c>.</summary>
    public static string Table { get; } =
        """
        Exit codes:
          0    done, also when the reader of the output left early (| head)
          1    failed: out of memory, or an error in Hearth itself
          2    wrong usage: unknown command or flag, value out of range, no prompt, HEARTH_ISA
          3    model: no such file, not a GGUF file, damaged, unknown architecture or type
          4    input: longer than the context, refused by the chat template, unreadable
          130  interrupted by Ctrl-C; 143 and 129 by SIGTERM and SIGHUP

        Environment:
          HEARTH_ISA      instruction set to use instead of the best: scalar, avx2, avxvnni, avx512, avx512vnni, neon,
                          neondot
          XDG_STATE_HOME  where 'hearth chat' keeps its history (default ~/.local/state)
          NO_COLOR        no colour on a terminal either
        """;
}
