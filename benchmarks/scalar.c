/* EM as a C programmer writes it: scalar doubles, one pass of sums about the current
   means, the log-likelihood from a product. What `gcc -O3 -lm` makes of it is the yardstick of
   benchmarks/epochs.py: here in one dimension, in more below. Parameters are replaced by those after so many epochs. */
#include <math.h>

#define MOST_COMPONENTS 64

double epochs(const double *points, long n, int k, double *weights, double *means,
              double *variances, long count)
{
    double log_likelihood = 0.0;
    for (long epoch = 0; epoch < count; epoch++) {
        double front[MOST_COMPONENTS], rate[MOST_COMPONENTS];
        double deviation[MOST_COMPONENTS], term[MOST_COMPONENTS];
        double counts[MOST_COMPONENTS] = {0}, first[MOST_COMPONENTS] = {0};
        double second[MOST_COMPONENTS] = {0};
        double product = 1.0;
        log_likelihood = 0.0;
        for (int j = 0; j < k; j++) {
            front[j] = weights[j] / sqrt(2.0 * M_PI * variances[j]);
            rate[j] = -0.5 / variances[j];
        }
        for (long i = 0; i < n; i++) {
            double evidence = 0.0;
            for (int j = 0; j < k; j++) {
                deviation[j] = points[i] - means[j];
                term[j] = front[j] * exp(rate[j] * deviation[j] * deviation[j]);
                evidence += term[j];
            }
            product *= evidence;
            if (product < 1e-150 || product > 1e150) {
                log_likelihood += log(product);
                product = 1.0;
            }
            double inverse = 1.0 / evidence;
            for (int j = 0; j < k; j++) {
                double beta = term[j] * inverse, weighted = beta * deviation[j];
                counts[j] += beta;
                first[j] += weighted;
                second[j] += weighted * deviation[j];
            }
        }
        log_likelihood += log(product);
        for (int j = 0; j < k; j++) {
            double shift = first[j] / counts[j];
            means[j] += shift;
            variances[j] = second[j] / counts[j] - shift * shift;
            weights[j] = counts[j] / n;
        }
    }
    return log_likelihood;
}

#define MOST_COORDINATES 16

static int lower(int a, int b) { return a * (a + 1) / 2 + b; }

/* The same in d dimensions: points row after row, means (k, d), covariances (k, d, d), either whole or,
   where is_diagonal, with nothing beside the diagonal. Densities relative to the largest at a point. */
double epochs_of_vectors(const double *points, long n, int k, int d, int is_diagonal,
                         double *weights, double *means, double *covariances, long count)
{
    enum { ENTRIES = MOST_COORDINATES * (MOST_COORDINATES + 1) / 2 };
    static double factor[MOST_COMPONENTS][ENTRIES], second[MOST_COMPONENTS][ENTRIES];
    static double first[MOST_COMPONENTS][MOST_COORDINATES];
    static double deviation[MOST_COMPONENTS][MOST_COORDINATES];
    double front[MOST_COMPONENTS], counts[MOST_COMPONENTS], term[MOST_COMPONENTS];
    double z[MOST_COORDINATES], log_likelihood = 0.0;
    for (long epoch = 0; epoch < count; epoch++) {
        double product = 1.0;
        log_likelihood = 0.0;
        for (int j = 0; j < k; j++) {
            double *l = factor[j];
            front[j] = log(weights[j]) - 0.5 * d * log(2.0 * M_PI);
            counts[j] = 0.0;
            for (int a = 0; a < d; a++) {
                for (int b = 0; b <= a; b++) {
                    double rest = covariances[(j * d + a) * d + b];
                    for (int c = 0; c < b; c++)
                        rest -= l[lower(a, c)] * l[lower(b, c)];
                    /* 1 / L_aa on the diagonal */
                    l[lower(a, b)] = b < a ? rest * l[lower(b, b)] : 1.0 / sqrt(rest);
                    second[j][lower(a, b)] = 0.0;
                }
                front[j] += log(l[lower(a, a)]);
                first[j][a] = 0.0;
            }
        }
        for (long i = 0; i < n; i++) {
            double largest = -INFINITY, evidence = 0.0;
            for (int j = 0; j < k; j++) {
                const double *l = factor[j];
                double square = 0.0;
                for (int a = 0; a < d; a++) {
                    double rest = deviation[j][a] = points[i * d + a] - means[j * d + a];
                    if (!is_diagonal)
                        for (int b = 0; b < a; b++)
                            rest -= l[lower(a, b)] * z[b];
                    z[a] = rest * l[lower(a, a)];
                    square += z[a] * z[a];
                }
                term[j] = front[j] - 0.5 * square;
                if (term[j] > largest)
                    largest = term[j];
            }
            for (int j = 0; j < k; j++)
                evidence += term[j] = exp(term[j] - largest);
            log_likelihood += largest;
            product *= evidence;
            if (product > 1e150) {
                log_likelihood += log(product);
                product = 1.0;
            }
            double inverse = 1.0 / evidence;
            for (int j = 0; j < k; j++) {
                double beta = term[j] * inverse;
                counts[j] += beta;
                for (int a = 0; a < d; a++) {
                    double weighted = beta * deviation[j][a];
                    first[j][a] += weighted;
                    for (int b = is_diagonal ? a : 0; b <= a; b++)
                        second[j][lower(a, b)] += weighted * deviation[j][b];
                }
            }
        }
        log_likelihood += log(product);
        for (int j = 0; j < k; j++) {
            for (int a = 0; a < d; a++)
                for (int b = is_diagonal ? a : 0; b <= a; b++) {
                    double shift = first[j][a] / counts[j];
                    double value = (second[j][lower(a, b)] - shift * first[j][b]) / counts[j];
                    covariances[(j * d + a) * d + b] = covariances[(j * d + b) * d + a] = value;
                }
            for (int a = 0; a < d; a++)
                means[j * d + a] += first[j][a] / counts[j];
            weights[j] = counts[j] / n;
        }
    }
    return log_likelihood;
}
