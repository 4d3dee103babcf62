/* EM in one dimension as a C programmer writes it: scalar doubles, one pass of sums about the current
   means, the log-likelihood from a product. What `gcc -O3 -lm` makes of it is the yardstick of
   benchmarks/epochs.py. Parameters are replaced by those after so many epochs. */
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
