using System.Runtime.InteropServices;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;
using Hearth.Engine.Tests.Models;

namespace Hearth.Engine.Tests.Sessions;

public sealed class HearthSessionTests : IDisposable
{
    private const string Prompt = "Once upon a time";

    private readonly HearthModel model = Load(new HearthModelOptions { Threads = 2 });

    [Fact]
    public void A_fork_goes_on_by_itself_and_gives_what_a_fresh_session_gives()
    {
        int[] ids = model.Tokenizer.Encode(Prompt + ", there was a little girl named Lily. She loved to play outside.", true, true);
        using var session = model.CreateSession();
        session.Append(ids.AsSpan(0, 10));
        using var fork = session.Fork();
        session.Append(ids.AsSpan(20));
        fork.Append(ids.AsSpan(10));
        using var fresh = model.CreateSession();
        fresh.Append(ids);
        Assert.True(Bytes(fresh).SequenceEqual(Bytes(fork)));
        Assert.Equal(ids, fork.Tokens.ToArray());
    }

    [Fact]
    public void Rewinding_and_reading_again_gives_the_same_logits()
    {
        int[] ids = model.Tokenizer.Encode(Prompt, true, true);
        using var session = model.CreateSession();
        session.Append(ids);
        byte[] first = Bytes(session).ToArray();
        session.Append(ids.AsSpan(1));
        session.Rewind(ids.Length - 2);
        Assert.True(session.Logits.IsEmpty);
        session.Append(ids.AsSpan(ids.Length - 2));
        Assert.True(Bytes(session).SequenceEqual(first));
    }

    [Fact]
    public void The_same_seed_gives_the_same_text_and_another_seed_another()
    {
        Assert.Equal(Story(seed: 5), Story(seed: 5));
        Assert.NotEqual(Story(seed: 5), Story(seed: 6));
    }

    [Fact]
    public void A_stop_string_ends_the_text_before_it_even_across_pieces()
    {
        string whole = Story(seed: 5);
        string stop = whole[20..26];
        using var session = Begin();
        var generation = session.Generate(Options(5) with { StopStrings = [stop] });
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], Text(generation));
        Assert.Equal(StopReason.StopString, generation.Stop);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public void A_banned_string_never_appears_and_what_stands_before_it_stays(float temperature)
    {
        var options = Options(5) with { Sampling = new SamplerSettings { Seed = 5, Temperature = temperature } };
        string whole = Without();
        var banned = new List<string>();
        for (int length = 1; length <= 9; length++)
        {
            string text = whole[20..(20 + length)];
            string without = Without(text);
            Assert.DoesNotContain(text, without, StringComparison.Ordinal);
            if (whole.IndexOf(text, StringComparison.Ordinal) == 20)
                Assert.StartsWith(whole[..8], without, StringComparison.Ordinal);
            banned.Add(text);
        }

        string withoutAny = Without([.. banned]);
        Assert.All(banned, text => Assert.DoesNotContain(text, withoutAny, StringComparison.Ordinal));
        Assert.Equal(whole, Without("", "\u00e9 never"));

        string Without(params string[] strings)
        {
            using var session = Begin();
            return Text(session.Generate(options with { BannedStrings = strings }));
        }
    }

    [Fact]
    public async Task Pieces_have_the_log_probabilities_that_were_asked_for()
    {
        using var session = model.CreateSession();
        var options = Options(5) with { MaxTokens = 8, TopLogProbabilities = 512 };
        await foreach (var piece in session.GenerateAsync(Prompt, options, TestContext.Current.CancellationToken))
        {
            Assert.Equal(512, piece.Top.Count);
            Assert.Equal(1, piece.Top.Sum(best => Math.Exp(best.LogProbability)), 1e-5);
            Assert.Equal(piece.Top.Single(best => best.Token == piece.Token).LogProbability, piece.LogProbability);
            Assert.Equal(piece.Top.OrderByDescending(best => best.LogProbability), piece.Top);
        }

        Assert.True(float.IsNaN(session.Generate() is var plain && plain.MoveNext() ? plain.Current.LogProbability : 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Generate(options with { TopLogProbabilities = -1 }));
    }

    [Fact]
    public void Generation_ends_when_the_context_is_full_and_says_so()
    {
        using var small = Load(new HearthModelOptions { Threads = 1, ContextLength = 24 });
        using var session = small.CreateSession();
        session.Append(small.Tokenizer.Encode(Prompt, true, true));
        var generation = session.Generate(new GenerationOptions { IgnoreEndOfGeneration = true });
        Text(generation);
        Assert.Equal(StopReason.ContextFull, generation.Stop);
        Assert.Equal(24, session.Position);
    }

    [Fact]
    public void A_prompt_that_does_not_fit_is_refused_with_the_numbers_and_changes_nothing()
    {
        using var small = Load(new HearthModelOptions { Threads = 1, ContextLength = 8 });
        using var session = small.CreateSession();
        session.Append([1, 2, 3]);
        var error = Assert.Throws<ContextFullException>(() => session.Append(new int[6]));
        Assert.Contains("6 tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains("8", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, session.Position);
    }

    [Fact]
    public void A_token_outside_of_the_vocabulary_is_refused()
    {
        using var session = model.CreateSession();
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Append([512]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Append([-1]));
    }

    [Fact]
    public void Reading_a_long_prompt_tells_how_far_it_is_and_stops_within_128_tokens()
    {
        using var model = Load(new HearthModelOptions { ContextLength = 512 });
        using var session = model.CreateSession();
        using var source = new CancellationTokenSource();
        int[] ids = [.. Enumerable.Repeat(5, 300)];
        var seen = new List<PromptProgress>();
        var stopping = new Told(value =>
        {
            seen.Add(value);
            if (value.ReadTokens > 128)
                source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => session.Append(ids, source.Token, stopping));
        Assert.Equal([new PromptProgress(128, 300), new PromptProgress(256, 300)], seen);
        Assert.Equal(256, session.Position);

        seen.Clear();
        session.Append(ids.AsSpan(256), CancellationToken.None, stopping);
        Assert.Equal([new PromptProgress(44, 44)], seen);
        using var whole = model.CreateSession();
        whole.Append(ids, TestContext.Current.CancellationToken);
        Assert.Equal(whole.Logits, session.Logits);
    }

    private sealed class Told(Action<PromptProgress> act) : IProgress<PromptProgress>
    {
        public void Report(PromptProgress value) => act(value);
    }

    [Fact]
    public async Task Cancelling_ends_the_pieces_within_a_token_and_keeps_the_session_usable()
    {
        using var session = model.CreateSession();
        using var source = new CancellationTokenSource();
        int pieces = 0;
        await foreach (var piece in session.GenerateAsync(Prompt, Options(5), source.Token))
        {
            if (++pieces == 3)
                await source.CancelAsync();
        }

        Assert.InRange(pieces, 3, 4);
        Assert.Equal(StopReason.Cancelled, session.LastStop);
        session.Append([5]);
        Assert.False(session.Logits.IsEmpty);
    }

    [Fact]
    public void Sessions_of_one_model_on_two_threads_do_not_disturb_each_other()
    {
        string alone = Story(seed: 9);
        string[] together = new string[4];
        Parallel.For(0, 4, i => together[i] = Story(seed: 9));
        Assert.All(together, text => Assert.Equal(alone, text));
    }

    public void Dispose() => model.Dispose();

    private static HearthModel Load(HearthModelOptions options)
        => HearthModel.Load(VectorFiles.PathOf("stories260K-Q8_0.gguf"), options, cancellation: TestContext.Current.CancellationToken);

    private static GenerationOptions Options(ulong seed)
        => new() { MaxTokens = 60, IgnoreEndOfGeneration = true, Sampling = new SamplerSettings { Seed = seed } };

    private static string Text(Generation generation)
    {
        string text = "";
        while (generation.MoveNext())
            text += generation.Current.Text;
        return text;
    }

    private static ReadOnlySpan<byte> Bytes(HearthSession session) => MemoryMarshal.AsBytes(session.Logits);

    private HearthSession Begin()
    {
        var session = model.CreateSession();
        session.Append(model.Tokenizer.Encode(Prompt, true, true));
        return session;
    }

    private string Story(ulong seed)
    {
        using var session = Begin();
        return Text(session.Generate(Options(seed)));
    }
}
