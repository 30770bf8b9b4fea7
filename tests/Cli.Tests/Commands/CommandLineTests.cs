using System.Runtime.Intrinsics.X86;
using Hearth.Kernels;
using Hearth.Kernels.Isa;

namespace Hearth.Cli.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--temprature 0.5 hello", "--temprature is no flag of 'hearth run'; did you mean --temperature?")]
    [InlineData("--top_k=5 hello", "--top_k is no flag of 'hearth run'; did you mean --top-k?")]
    [InlineData("-z hello", "-z is no flag of 'hearth run'; 'hearth run --help' lists them.")]
    [InlineData("--something-else-entirely hello", "--something-else-entirely is no flag of 'hearth run'; 'hearth run --help' lists them.")]
    [InlineData("-t 0 hello", "-t 0 is not within 1 and ")]
    [InlineData("-t 1000 hello", "-t 1000 is not within 1 and ")]
    [InlineData("-t two hello", "-t takes a whole number; 'two' is none.")]
    [InlineData("--threads 99999999999 hello", "--threads takes a whole number; '99999999999' is none.")]
    [InlineData("-n -2 hello", "-n -2 is too small; the least is -1.")]
    [InlineData("--temp warm hello", "--temp takes a number; 'warm' is none.")]
    [InlineData("--top-p 3 hello", "top_p is 3; it must be between 0 and 1 (1 is off).")]
    [InlineData("--seed -5 hello", "--seed takes a whole number of 64 bits, 0 or more, or -1 for another each time; '-5' is none.")]
    [InlineData("--samplers top_k;bogus hello", "Sampler 'bogus' is unknown; ")]
    [InlineData("--logit-bias 5 hello", "--logit-bias takes a token id, a sign and a number, such as 15043+1 or 15043-inf; '5' is not so.")]
    [InlineData("-ctk q9 hello", "--cache-type-k q9 is no type of the cache; there are f32, f16")]
    [InlineData("-ctk 1 hello", "--cache-type-k 1 is no type of the cache; ")]
    [InlineData("hello world", "'world' is one argument too many; put words that belong together into quotes.")]
    [InlineData("hello -p world", "The prompt is given more than once; use one of the argument, -p and -f.")]
    [InlineData("-m", "Required argument missing for option: '-m'.")]
    [InlineData("hello -sys Hi -no-cnv", "-sys belongs to a conversation; it cannot be used with -no-cnv.")]
    public void A_wrong_line_gets_one_sentence(string line, string sentence)
    {
        var run = CommandRun.Of(["run", .. line.Split(' ')]);
        Assert.StartsWith(sentence, run.Sentence(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
    }

    [Fact]
    public void A_mistyped_command_gets_the_nearest()
    {
        var run = CommandRun.Of("tokinize");
        Assert.Equal("There is no command 'tokinize'; did you mean 'tokenize'?", run.Sentence());
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
    }

    [Theory]
    [InlineData("--temp 1 run hello", "--temp stands before the command; write 'hearth run --temp'.")]
    [InlineData("--tmep run hello", "--tmep is no flag of 'hearth run'; did you mean --temp?")]
    public void A_flag_before_the_command_is_sent_behind_it(string line, string sentence)
    {
        var run = CommandRun.Of(line.Split(' '));
        Assert.Equal(sentence, run.Sentence());
        Assert.Equal(ExitCodes.Usage, run.ExitCode);
    }

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help run", "run --help")]
    [InlineData("help help", "--help")]
    [InlineData("version", "--version")]
    public void What_other_programs_have_as_commands_is_understood(string line, string same)
    {
        var run = CommandRun.Of(line.Split(' '));
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Equal(CommandRun.Of(same.Split(' ')).Output, run.Output);
    }

    [Fact]
    public void An_error_that_cannot_be_told_is_still_an_exit_code()
    {
        using var input = new MemoryStream();
        using var terminal = new Terminal(input, new FullDisk(), new FullDisk(), new Interrupts(_ => { }));
        Assert.Equal(ExitCodes.Usage, Application.Run(["nonsense"], terminal));
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("No space left on device");
    }

    [Fact]
    public void A_flag_before_the_command_is_reported_as_the_programs()
        => Assert.Equal("--temp is no flag of 'hearth'; 'hearth --help' lists them.", CommandRun.Of("--temp", "1").Sentence());

    [Theory]
    [InlineData("help nonsense", "There is no command 'nonsense'; 'hearth --help' lists them.")]
    [InlineData("-- run", "The command 'run' stands behind '--', where only texts stand; write 'hearth run'.")]
    public void What_is_no_command_is_not_taken_for_one(string line, string sentence)
        => Assert.Equal(sentence, CommandRun.Of(line.Split(' ')).Sentence());

    [Fact]
    public void Behind_two_dashes_everything_is_a_prompt()
    {
        var run = CommandRun.Of("run", "-m", CommandRun.Stories, "-n", "2", "--", "--temprature");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }

    [Fact]
    public void A_prompt_may_begin_with_a_dash_and_a_space()
        => Assert.Equal(ExitCodes.Success, CommandRun.Of("run", "-m", CommandRun.Stories, "-n", "2", "- once upon").ExitCode);

    [Fact]
    public void A_prompt_that_begins_with_an_at_sign_is_no_response_file()
        => Assert.Equal(ExitCodes.Success, CommandRun.Of("run", "-m", CommandRun.Stories, "-n", "2", "@home").ExitCode);

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Help_lists_commands_and_exit_codes(params string[] args)
    {
        var run = CommandRun.Of(args);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        foreach (string command in (string[])["run", "chat", "inspect", "bench", "embed", "rerank", "tokenize", "detokenize", "eval", "template", "sample"])
            Assert.Contains($"\n  {command} ", run.Output, StringComparison.Ordinal);
        Assert.Contains("130  interrupted", run.Output, StringComparison.Ordinal);
        Assert.Contains("HEARTH_ISA", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--temp, --temperature")]
    [InlineData("chat", "--system-prompt")]
    [InlineData("inspect", "--tensors")]
    [InlineData("bench", "--repetitions")]
    [InlineData("embed", "--pooling")]
    [InlineData("rerank", "--query")]
    [InlineData("tokenize", "--jsonl")]
    [InlineData("detokenize", "--jsonl")]
    [InlineData("eval", "--greedy")]
    [InlineData("template", "--jsonl")]
    [InlineData("sample", "--jsonl")]
    public void Help_of_a_command_lists_its_flags(string command, string flag)
    {
        var run = CommandRun.Of(command, "--help");
        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains(flag, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exit codes", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_names_the_rung_and_why()
    {
        string[] lines = CommandRun.Of("--version").Lines();
        Assert.Matches(@"^hearth \d+\.\d+\.\d+", lines[0]);
        Assert.Matches(@"^rung (\w+): (the best of what this machine has|HEARTH_ISA asks for it; this machine has)", lines[1]);
    }

    [Fact]
    public void Version_says_what_the_build_for_net_11_would_add()
    {
        string[] lines = CommandRun.Of("--version").Lines();
        bool missing = Avx512Vbmi2.IsSupported && KernelSet.Supported.All(set => set.Rung != Rung.Avx512Vnni);
        Assert.Equal(missing ? ["avx512vnni: this CPU has it, and Hearth built for .NET 11 uses it"] : [], lines[3..]);
    }
}
