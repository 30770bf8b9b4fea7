using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Hearth.Cli.Tests;

/// <summary>What only a process of its own can show: pipes that break, signals, the environment.</summary>
public sealed class ProcessTests
{
    private const int PatienceMilliseconds = 120_000;

    private static readonly string[] Endless = ["run", "Once upon a time", "--ignore-eos", "-c", "1000000"];

    [Fact]
    public void A_reader_that_leaves_ends_the_story_quietly()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var process = Start(Endless);
        _ = process.StandardOutput.Read();
        process.StandardOutput.Close();
        AssertEnds(process, ExitCodes.Success);
    }

    [Fact]
    public void Standard_input_may_be_a_pipe()
    {
        using var process = Start(["run", "-m", CommandRun.Stories, "-n", "5", "--temp", "0"]);
        process.StandardInput.WriteLine("Once upon a time");
        process.StandardInput.Close();
        Assert.NotEmpty(process.StandardOutput.ReadToEnd().Trim());
        AssertEnds(process, ExitCodes.Success);
    }

    [Fact]
    public void Jsonl_answers_before_the_next_question_comes()
    {
        using var process = Start(["tokenize", "-m", CommandRun.Stories, "--jsonl"]);
        for (int i = 0; i < 3; i++)
        {
            process.StandardInput.WriteLine("""{"text":"Once upon a time"}""");
            process.StandardInput.Flush();
            Assert.Equal("""{"ids":[403,407,261,378]}""", process.StandardOutput.ReadLine());
        }

        process.StandardInput.Close();
        AssertEnds(process, ExitCodes.Success);
    }

    [Fact]
    public async Task Control_c_stops_a_story()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var process = Start(Endless);
        _ = process.StandardOutput.Read();
        Interrupt(process);
        using var patience = new CancellationTokenSource(PatienceMilliseconds);
        await using (patience.Token.Register(process.Kill))
            _ = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        AssertEnds(process, ExitCodes.Interrupted);
    }

    [Theory]
    [InlineData("TERM", ExitCodes.Terminated)]
    [InlineData("HUP", ExitCodes.HungUp)]
    public async Task A_signal_that_ends_a_process_ends_a_story_and_a_chat_that_waits(string signal, int code)
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach (string[] args in (string[][])[Endless, ["chat", "-n", "4"]])
        {
            using var process = Start(args);
            process.StandardInput.WriteLine("Once upon a time");
            process.StandardInput.Flush();
            _ = process.StandardOutput.Read();
            Send(signal, process);
            using var patience = new CancellationTokenSource(PatienceMilliseconds);
            await using (patience.Token.Register(process.Kill))
                _ = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            AssertEnds(process, code);
        }
    }

    [Theory]
    [InlineData("exec \"$@\" <&-", ExitCodes.Success, null)]
    [InlineData("exec \"$@\" <&- >&-", ExitCodes.Success, null)]
    [InlineData("echo hello | \"$@\" >&-", ExitCodes.Failure, "Standard output is closed.")]
    [InlineData("exec \"$@\" < /", ExitCodes.Input, "Standard input cannot be read: ")]
    public void Streams_that_the_shell_closed_are_at_their_end(string script, int code, string? sentence)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var process = Start(["chat", "-n", "4"], shell: script);
        AssertEnds(process, code, sentence);
    }

    [Fact]
    public void Control_c_ends_a_model_that_is_loading()
    {
        if (OperatingSystem.IsWindows())
            return;

        // Opening a named pipe that nobody writes to takes forever.
        using var file = new TemporaryFile("model.gguf");
        using (var mkfifo = Process.Start("mkfifo", file.FilePath))
            mkfifo.WaitForExit();
        using var process = Start(["run", "-m", file.FilePath, "Once upon a time"]);
        Interrupt(process);
        AssertEnds(process, ExitCodes.Interrupted);
    }

    [Fact]
    public void Control_c_leaves_a_chat_that_waits()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var process = Start(["chat", "-n", "4"]);
        process.StandardInput.WriteLine("Once upon a time");
        process.StandardInput.Flush();
        _ = process.StandardOutput.ReadLine();
        Interrupt(process);
        AssertEnds(process, ExitCodes.Interrupted);
    }

    [Theory]
    [InlineData("bogus", "hearth: HEARTH_ISA=bogus names no instruction set; this machine has ")]
    [InlineData("foreign", " is not supported by this machine with .NET ")]
    public void An_instruction_set_that_is_not_there_is_refused(string name, string sentence)
    {
        if (name == "foreign")
            name = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "avx512" : "neon";
        foreach (string[] args in (string[][])[["--version"], ["run", "hello"], ["bench"]])
        {
            using var process = Start(args, name);
            AssertEnds(process, ExitCodes.Usage, sentence);
        }
    }

    [Fact]
    public void Every_instruction_set_of_this_machine_tells_the_same_story()
    {
        string[] stories =
        [
            .. Kernels.KernelSet.Supported.Select(set => Kernels.Isa.RungSelection.Name(set.Rung)).Select(name =>
            {
                using var process = Start(["run", "Once upon a time", "-n", "30", "--seed", "1"], name);
                return process.StandardOutput.ReadToEnd();
            }),
        ];
        Assert.NotEmpty(stories[0]);
        Assert.All(stories, story => Assert.Equal(stories[0], story));
    }

    [Fact]
    public void Version_says_that_the_environment_chose()
    {
        using var process = Start(["--version"], "scalar");
        string output = process.StandardOutput.ReadToEnd();
        Assert.Contains("rung scalar: HEARTH_ISA asks for it; this machine has scalar", output, StringComparison.Ordinal);
        AssertEnds(process, ExitCodes.Success);
    }

    /// <summary>Starts the console, or a script of the shell whose arguments are the console's command line.</summary>
    private static Process Start(string[] args, string? instructionSet = null, string? shell = null)
    {
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        string[] command = [dotnet, Path.Combine(AppContext.BaseDirectory, "hearth.dll"), .. args];

        // Whoever runs the tests in the background of a shell makes them ignore Ctrl-C, and their children inherit that.
        if (OperatingSystem.IsLinux())
            command = ["env", "--default-signal=INT", .. command];
        if (shell is not null)
            command = ["sh", "-c", shell, "sh", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (instructionSet is not null)
            start.Environment["HEARTH_ISA"] = instructionSet;
        return Process.Start(start)!;
    }

    private static void Interrupt(Process process) => Send("INT", process);

    private static void Send(string signal, Process process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Asserts the exit code, and a part of what stands on standard error; null for nothing at all.</summary>
    private static void AssertEnds(Process process, int code, string? sentence = null)
    {
        bool ended = process.WaitForExit(PatienceMilliseconds);
        if (!ended)
            process.Kill();
        Assert.True(ended, "The process goes on.");
        string error = process.StandardError.ReadToEnd();
        if (sentence is null)
            Assert.Equal("", error);
        else
            Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.Equal(code, process.ExitCode);
    }
}
