using System.IO.Compression;
using System.Text.Json.Nodes;
using Hearth.Engine.Sampling;

namespace Hearth.Engine.Tests.Sampling;

public sealed class SamplerScriptTests
{
    private static readonly Dictionary<string, JsonObject> Cases = ReadCases();

    public static TheoryData<string> CaseIds => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseIds))]
    public void Chain_leaves_what_llama_cpp_leaves(string id)
    {
        JsonObject script = Cases[id];
        JsonArray expected = script["expected"]!.AsArray();
        var input = (JsonObject)script.DeepClone();
        if (expected.Any(step => step!["mu_before"] is not null))
            input["selected"] = new JsonArray([.. expected.Select(step => step!["selected"]!.DeepClone())]);

        JsonNode answer = JsonNode.Parse(SamplerScript.Answer(input.ToJsonString()))!;

        Assert.Equal(id, (string?)answer["id"]);
        JsonArray actual = answer["steps"]!.AsArray();
        Assert.Equal(expected.Count, actual.Count);
        foreach ((JsonNode? want, JsonNode? got) in expected.Zip(actual))
            AssertStep(want!, got!);
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("""{"chain": []}""", "steps must be an array; it is missing")]
    [InlineData("""{"steps": [[1]]}""", "chain must be an array; it is missing")]
    [InlineData("""{"chain": [], "steps": []}""", "steps is empty")]
    [InlineData("""{"chain": [], "steps": [[]]}""", "steps[0] must be an array of at least one logit")]
    [InlineData("""{"chain": [], "steps": [[1, 2], [1]]}""", "steps[1] has 1 logits, steps[0] has 2")]
    [InlineData("""{"chain": [], "steps": [[1, "two"]]}""", "steps[0][1] must be a number or \"-inf\"; it is \"two\"")]
    [InlineData("""{"chain": [], "steps": [[1, "nan"]]}""", "steps[0]: The logit of token 1 is NaN")]
    [InlineData("""{"chain": [], "steps": [[1, 1e999]]}""", "steps[0]: The logit of token 1 is plus infinity")]
    [InlineData("""{"chain": [], "steps": [["-inf", "-inf"]]}""", "steps[0]: No token is left")]
    [InlineData("""{"chain": ["top_k"], "steps": [[1]]}""", "chain[0] must be an object")]
    [InlineData("""{"chain": [{"op": "top_q"}], "steps": [[1]]}""", "Sampler 'top_q' is unknown")]
    [InlineData("""{"chain": [{"op": "top_k", "p": 3}], "steps": [[1]]}""", "chain[0].p is not a parameter of top_k")]
    [InlineData("""{"chain": [{"op": "top_k", "k": 1.5}], "steps": [[1]]}""", "chain[0].k must be a whole number of 32 bits; it is 1.5")]
    [InlineData("""{"chain": [{"op": "top_p", "p": "high"}], "steps": [[1]]}""", "chain[0].p must be a number")]
    [InlineData("""{"chain": [{"op": "top_p", "p": 2}], "steps": [[1]]}""", "top_p is 2; it must be between 0 and 1")]
    [InlineData(
        """{"chain": [{"op": "dry", "breakers": [1]}], "steps": [[1]]}""",
        "chain[0].breakers[0] must be an array of token ids; it is 1")]
    [InlineData("""{"chain": [{"op": "logit_bias", "bias": [[1]]}], "steps": [[1]]}""", "chain[0].bias[0] must be a [token, bias] pair")]
    [InlineData("""{"chain": [{"op": "logit_bias", "bias": [[1, 2]]}], "steps": [[1]]}""", "logit_bias names token 1; the vocabulary has")]
    [InlineData("""{"chain": [], "steps": [[1]], "history": [-1]}""", "history[0] is -1; a token id is 0 or more")]
    [InlineData("""{"chain": [], "steps": [[1]], "selected": [0, 0]}""", "selected must be a token id or an array of at most 1")]
    [InlineData("""{"chain": [], "steps": [[1]], "seed": -1}""", "seed must be a whole number")]
    [InlineData("""{"chain": [{"op": "mirostat_v2"}], "steps": [[9, 1]], "selected": 2}""", "token 2 is given as selected")]
    public void A_malformed_script_is_refused_with_the_place_and_the_reason(string script, string reason)
    {
        var error = Assert.Throws<SamplingException>(() => SamplerScript.Answer(script));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accepted_tokens_join_the_history_of_the_next_step()
    {
        const string Script = """
            {
              "chain": [{"op": "penalties", "present": 1}],
              "steps": [[3, 2, 1], [3, 2, 1], [3, 2, 1]],
              "history": [2],
              "selected": [0, null]
            }
            """;

        var steps = SamplerScript.Parse(Script).Run();

        Assert.Equal([0, 1, 2], steps[0].Kept);
        Assert.Equal(Softmax(3, 2, 0), steps[0].Probabilities, Within);
        Assert.Equal(Softmax(2, 2, 0), steps[1].Probabilities, Within);
        Assert.Equal(steps[1].Probabilities, steps[2].Probabilities);
        Assert.Null(steps[0].Selected);
    }

    [Fact]
    public void Mirostat_draws_by_itself_when_no_token_is_given_and_repeats_with_the_seed()
    {
        string script = Cases["mirostat-81"].ToJsonString();
        var parsed = SamplerScript.Parse(script);

        var first = parsed.Run();
        var second = parsed.Run();

        Assert.Equal(first.Select(step => step.Selected), second.Select(step => step.Selected));
        Assert.All(first, step => Assert.Contains(step.Selected!.Value, step.Kept));
        Assert.Equal(6, first[0].MuBefore);
        Assert.NotEqual(first[0].MuBefore, first[1].MuBefore);
    }

    [Fact]
    public void Missing_parameters_have_llama_cpp_defaults()
    {
        var steps = SamplerScript.Parse("""{"chain": [{"op": "temp"}], "steps": [[2, 1]]}""").Run();
        Assert.Equal(Softmax(2.5f, 1.25f), steps[0].Probabilities, Within);
    }

    private static bool Within(float expected, float actual) => Math.Abs(expected - actual) <= 1e-6;

    private static float[] Softmax(params float[] logits)
    {
        double[] e = [.. logits.Select(logit => Math.Exp(logit - logits.Max()))];
        return [.. e.Select(value => (float)(value / e.Sum()))];
    }

    private static void AssertStep(JsonNode expected, JsonNode actual)
    {
        int[] wantKept = [.. expected["kept"]!.AsArray().Select(node => (int)node!)];
        int[] gotKept = [.. actual["kept"]!.AsArray().Select(node => (int)node!)];
        double[] wantP = [.. expected["p"]!.AsArray().Select(node => (double)node!)];
        double[] gotP = [.. actual["p"]!.AsArray().Select(node => (double)node!)];
        Assert.Equal(wantKept.Order(), gotKept.Order());
        Assert.Equal(gotKept.Length, gotP.Length);
        for (int i = 0; i < wantKept.Length; i++)
        {
            int rank = Array.IndexOf(gotKept, wantKept[i]);
            Assert.Equal(wantP[i], gotP[rank], 1e-5);
            Assert.True(rank == i || Math.Abs(gotP[rank] - gotP[i]) < 1e-6, $"token {wantKept[i]} has rank {rank}, not {i}");
        }

        if (expected["selected"] is { } selected)
            Assert.Equal((int)selected, (int)actual["selected"]!);
        if (expected["mu_before"] is { } mu)
            Assert.Equal((double)mu, (double)actual["mu_before"]!, 1e-3);
    }

    private static Dictionary<string, JsonObject> ReadCases()
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Data", "Sampling", "cases.json.gz"));
        using var json = new GZipStream(file, CompressionMode.Decompress);
        return JsonNode.Parse(json)!.AsArray().Select(node => node!.AsObject()).ToDictionary(node => (string)node["id"]!);
    }
}
