using Hearth.Engine.Quantization;
using Hearth.Kernels.Formats;

namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>A tensor that will be written.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Layer">The block it belongs to, or -1.</param>
/// <param name="Type">Its type.</param>
/// <param name="Columns">A row's length.</param>
/// <param name="Rows">Rows, of all experts together; zero for a vector.</param>
/// <param name="Experts">Experts whose matrices are one tensor; zero for a matrix of its own.</param>
internal sealed record TensorPlan(string Name, TensorRole Role, int Layer, WeightType Type, int Columns, int Rows, int Experts = 0)
{
    /// <summary>Sizes in the file's order.</summary>
    public long[] Dimensions => Rows == 0 ? [Columns] : Experts == 0 ? [Columns, Rows] : [Columns, Rows / Experts, Experts];

    /// <summary>The tensors of a model, in the order in which a forward pass meets them.</summary>
    public static IReadOnlyList<TensorPlan> For(ModelShape shape, TypeMix mix)
    {
        var plans = new List<TensorPlan>();
        var queries = shape.Heads * shape.HeadWidth;
        var keys = shape.KvHeads * shape.HeadWidth;

        Matrix("token_embd", TensorRole.Embedding, -1, shape.Width, shape.Vocabulary);
        if (shape.ScaledRope)
            plans.Add(new TensorPlan("rope_freqs.weight", TensorRole.RopeFrequencies, -1, WeightType.F32, shape.HeadWidth / 2, 0));
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var block = $"blk.{layer}.";
            Vector(block + "attn_norm", TensorRole.AttentionNorm, layer);
            Matrix(block + "attn_q", TensorRole.AttentionQuery, layer, shape.Width, queries);
            Matrix(block + "attn_k", TensorRole.AttentionKey, layer, shape.Width, keys);
            Matrix(block + "attn_v", TensorRole.AttentionValue, layer, shape.Width, keys);
            Matrix(block + "attn_output", TensorRole.AttentionOutput, layer, queries, shape.Width);
            Vector(block + "ffn_norm", TensorRole.FeedForwardNorm, layer);
            if (shape.Experts > 0)
                Matrix(block + "ffn_gate_inp", TensorRole.Router, layer, shape.Width, shape.Experts);
            FeedForward(block + "ffn_gate", TensorRole.Gate, layer, shape.Width, shape.FeedForward);
            FeedForward(block + "ffn_up", TensorRole.Up, layer, shape.Width, shape.FeedForward);
            FeedForward(block + "ffn_down", TensorRole.Down, layer, shape.FeedForward, shape.Width);
        }

        Vector("output_norm", TensorRole.OutputNorm, -1);
        if (!shape.Tied)
            Matrix("output", TensorRole.Output, -1, shape.Width, shape.Vocabulary);
        var rules = mix.Rules(shape, plans.Select(plan => plan.Name));
        return plans.ConvertAll(plan => plan.Rows == 0
            ? plan
            : plan with { Type = TensorTypeRules.FittingType(rules.TypeOf(plan.Name, plan.Dimensions), plan.Columns) });

        void Vector(string name, TensorRole role, int layer)
            => plans.Add(new TensorPlan(name + ".weight", role, layer, WeightType.F32, shape.Width, 0));

        void Matrix(string name, TensorRole role, int layer, int columns, int rows)
            => plans.Add(new TensorPlan(name + ".weight", role, layer, WeightType.F32, columns, rows));

        void FeedForward(string name, TensorRole role, int layer, int columns, int rows)
        {
            if (shape.Experts == 0)
                Matrix(name, role, layer, columns, rows);
            else
                plans.Add(new TensorPlan(name + "_exps.weight", role, layer, WeightType.F32, columns, rows * shape.Experts, shape.Experts));
        }
    }
}
